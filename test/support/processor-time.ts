/**
 * Milliseconds of processor time that this process has used. Where a test bounds how much there is to do, a clock would
 * count what others on the machine do meanwhile.
 */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
