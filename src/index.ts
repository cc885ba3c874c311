export { isPrime, maxPrime, PrimeField } from './field/index.ts';
export type { LongOperation, Progress } from './pace.ts';
