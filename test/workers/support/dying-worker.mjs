// A worker that dies as soon as it is ready.
process.send({ kind: 'ready', url: 'http://127.0.0.1:1' }, () => process.exit(3));
