// Loaded before a server: bugs outside of every request, when they are asked for.
process.on('SIGUSR2', () => {
  void Promise.reject(new Error('a rejection that nobody waits for'));
});
process.on('SIGWINCH', () => {
  throw new Error('an exception that nobody catches');
});
