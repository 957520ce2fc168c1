/** The bytes of the PMS5003, named as in the data manual, appendices I and II. */

/** "Start character 1" and "2", of frames and of commands. */
export const START_1 = 0x42;
export const START_2 = 0x4d;
/** "Frame length = 2x13+2": thirteen values and the check code. */
export const VALUES_LENGTH = 28;
/** Of the answer to a change of mode or a sleep: the command, its data, and the check code. */
export const ANSWER_LENGTH = 4;
/** "Read in passive mode". */
export const READ = 0xe2;
/** "Change mode". */
export const CHANGE_MODE = 0xe1;
export const PASSIVE = 0;
export const ACTIVE = 1;
/** "Sleep set". */
export const SLEEP_SET = 0xe4;
export const SLEEP = 0;
export const WAKE_UP = 1;
