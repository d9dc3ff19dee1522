// Loaded into each measured process before its own code (node --import): tells what the process has used so far, when asked.
export type Usage = {
  /** Processor time of all threads, in microseconds. */
  cpu: number;
  /** Octets in memory. */
  rss: number;
};

process.on("message", () => {
  const { user, system } = process.cpuUsage();
  const usage: Usage = { cpu: user + system, rss: process.memoryUsage.rss() };
  process.send?.(usage);
});
process.on("disconnect", () => process.exit()); // a bench that is broken off leaves nothing running
process.channel?.unref(); // being asked keeps nobody from ending
