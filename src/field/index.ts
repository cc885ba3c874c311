export { maxPrime } from './any-prime.ts';
export { isPrime } from './primality.ts';
export { maxWordPrime, PrimeField } from './prime-field.ts';
export type { Prime, Residue, ResidueArray, ResidueOf } from './residue.ts';
