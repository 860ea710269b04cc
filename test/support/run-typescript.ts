/** The arguments of Node with which tests start a program of ours in a process of its own; its path follows. */
export const RUN_TYPESCRIPT: readonly string[] = ['--import', new URL('./typescript.mjs', import.meta.url).href];
