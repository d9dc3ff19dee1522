// Loaded into each measured process before its own code (node --import): tells what the process has used so far, when asked.
export type Usage = {
  /** Processor time of all threads, in microseconds. */
  cpu: number;
  /** Octets in memory, now and at most so far. */
  rss: number;
  peak: number;
};

process.on("message", () => {
  const { user, system } = process.cpuUsage();
  const peak = process.resourceUsage().maxRSS * 1024; // which getrusage tells in kB
  const usage: Usage = { cpu: user + system, rss: process.memoryUsage.rss(), peak };
  process.send?.(usage);
});
process.on("disconnect", () => process.exit()); // a bench that is broken off leaves nothing running
process.channel?.unref(); // being asked keeps nobody from ending
