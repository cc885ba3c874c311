/** What the exit codes mean; the shell's own convention for the last two (128 + the number of the signal). */
export const exitCodes = {
  done: 0,
  rejected: 1,
  badInput: 2,
  internal: 70,
  interrupted: 130,
  terminated: 143,
} as const;
