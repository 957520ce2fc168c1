/** The numbers of the class, spelled as in appendix A of "USB Device Class Definition for Video Devices", revision 1.5. */

/** bInterfaceClass: A.1. */
export const CC_VIDEO = 0x0e;

/** bInterfaceSubClass: A.2. */
export const SC_VIDEOCONTROL = 0x01;
export const SC_VIDEOSTREAMING = 0x02;

/** bDescriptorType of a class-specific interface descriptor: A.4. */
export const CS_INTERFACE = 0x24;

/** bDescriptorSubtype of a VideoControl interface: A.5. */
export const VC_HEADER = 0x01;

/** bDescriptorSubtype of a VideoStreaming interface: A.6. */
export const StreamingSubtype = {
  VS_INPUT_HEADER: 0x01,
  VS_FORMAT_UNCOMPRESSED: 0x04,
  VS_FRAME_UNCOMPRESSED: 0x05,
  VS_FORMAT_MJPEG: 0x06,
  VS_FRAME_MJPEG: 0x07,
} as const;

/** bRequest: A.8. */
export const SET_CUR = 0x01;
export const GET_CUR = 0x81;

/** Control selectors of a VideoStreaming interface: A.9.7. */
export const VS_PROBE_CONTROL = 0x01;
export const VS_COMMIT_CONTROL = 0x02;

/** bcdUVC of the revisions that the length of the probe and commit controls depends on. */
export const UVC_1_1 = 0x0110;
export const UVC_1_5 = 0x0150;
