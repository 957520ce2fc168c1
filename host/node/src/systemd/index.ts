/** Being a service of systemd's. */

export { type ServiceManager, type ServiceManagerOptions, serviceManager } from "./service-manager.ts";
