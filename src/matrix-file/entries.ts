import { primeField } from '../field/any-prime.ts';
import { residueVector, type Prime, type Residue, type ResidueVector } from '../field/residue.ts';
import { digitReducer, IntegerDigits, type DigitReducer } from './digits.ts';

/** What the entries of a file become: residues modulo a prime, or integers. */
export interface EntryRing {
  /** Entries of the largest matrix that is read. */
  readonly maxEntries: number;
  readonly bytesPerEntry: number;
  /** Of a safe integer or bigint. */
  reduce(value: number | bigint): Residue;
  add(a: Residue, b: Residue): Residue;
  subtract(a: Residue, b: Residue): Residue;
  /** `count` zeros. */
  vector(count: number): ResidueVector;
  digits(): DigitReducer;
}

/** More would not fit into the memory of the kernel. */
const maxResidues = 2 ** 31;
/** Each is an object of its own. */
const maxIntegers = 2 ** 26;

export function residuesModulo(prime: Prime): EntryRing {
  const field = primeField(prime);
  return {
    maxEntries: maxResidues,
    bytesPerEntry: typeof field.prime === 'number' ? 4 : 8,
    reduce: (value) => field.reduce(value),
    add: (a, b) => field.add(a, b),
    subtract: (a, b) => field.subtract(a, b),
    vector: (count) => residueVector(field.prime, count),
    digits: () => digitReducer(prime),
  };
}

/** Integers of any size, as bigints. */
export const integers: EntryRing = {
  maxEntries: maxIntegers,
  bytesPerEntry: 24,
  reduce: BigInt,
  add: (a, b) => (a as bigint) + (b as bigint),
  subtract: (a, b) => (a as bigint) - (b as bigint),
  vector: (count) => IntegerVector.zeros(count),
  digits: () => new IntegerDigits(),
};

/** An array of bigints that can do what an array of residues can. */
export class IntegerVector extends Array<bigint> implements ResidueVector {
  static zeros(count: number): IntegerVector {
    const vector = new IntegerVector(count);
    return vector.fill(0n) as IntegerVector;
  }

  set(source: ArrayLike<Residue>, offset = 0): void {
    for (let i = 0; i < source.length; i++) this[offset + i] = source[i] as bigint;
  }

  subarray(start: number, end: number): IntegerVector {
    return this.slice(start, end) as IntegerVector;
  }
}
