export { isPrime } from './primality.ts';
export { maxPrime, PrimeField } from './prime-field.ts';
