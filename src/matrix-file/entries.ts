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
  /** Are entries taken as they are, floats too? Otherwise they are integers. */
  readonly takesFractions?: true;
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
  vector: (count) => new NumberVector<bigint>(count).fill(0n) as IntegerVector,
  digits: () => new IntegerDigits(),
};

/** Numbers and bigints as they are, of binary files. */
export const anyNumbers: EntryRing = {
  ...integers,
  reduce: (value) => value,
  vector: (count) => new NumberVector(count).fill(0) as NumberVector,
  takesFractions: true,
};

/** An array that can do what an array of residues can. */
export class NumberVector<Entry extends Residue = Residue> extends Array<Entry> implements ResidueVector {
  set(source: ArrayLike<Residue>, offset = 0): void {
    for (let i = 0; i < source.length; i++) this[offset + i] = source[i] as Entry;
  }

  subarray(start: number, end: number): this {
    return this.slice(start, end) as this;
  }
}

export type IntegerVector = NumberVector<bigint>;
