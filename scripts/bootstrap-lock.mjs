import { lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const RETRY_INTERVAL = 200;
/** Longer than any installation takes; the process id belongs to another program by then. */
const LONGEST_HOLD = 15 * 60_000;

/**
 * Runs the work while no other process of this folder does the same. The lock is a symbolic link that names the
 * holder's process id, as Emacs does it: it is there with its content in one step, and a killed holder is recognised.
 */
export async function withLock(lock, say, work) {
  mkdirSync(dirname(lock), { recursive: true });
  let hasWaited = false;
  while (!acquire(lock)) {
    const holder = holderOf(lock);
    if (holder === undefined) continue;
    if (!isAlive(holder) || isTooOld(lock)) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!hasWaited) say(`Waiting for process ${holder}, which installs or builds here …`);
    hasWaited = true;
    await delay(RETRY_INTERVAL);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function acquire(lock) {
  try {
    symlinkSync(String(process.pid), lock);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function holderOf(lock) {
  try {
    return Number(readlinkSync(lock));
  } catch {
    return undefined;
  }
}

function isTooOld(lock) {
  try {
    return Date.now() - lstatSync(lock).mtimeMs > LONGEST_HOLD;
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    // A zombie has no command line, and a program that got the process id later has another one.
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('bootstrap');
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
