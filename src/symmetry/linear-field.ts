import { residueOfFraction } from '../field/fraction.ts';
import { PrimeField } from '../field/prime-field.ts';
import { fraction, type Fraction } from '../fraction.ts';
import type { ResidueMatrix } from '../matrix/index.ts';
import { reconstruct } from '../rational/reconstruct.ts';
import { movesOf, type Coupling } from './couplings.ts';
import type { SparseVector } from './fields.ts';
import { searchPrime } from './sample.ts';

/** A coupling with a rational coefficient. */
export interface Term {
  readonly coupling: Coupling;
  readonly coefficient: Fraction;
}

/** A vector field over Q: δθ_to = Σ coefficient·θ_from, where θ behind the last parameter is 1. */
export type RationalField = readonly (readonly [to: number, from: number, coefficient: Fraction])[];

const field = new PrimeField(searchPrime);
/** Numerators and denominators up to this are determined by their residues: 2·5792² < p. */
const largestPart = BigInt(Math.floor(Math.sqrt(searchPrime / 2)));

/** The small rational numbers with these residues, scaled so that the first is 1; null if there are none. */
export function rationalEntries(vector: SparseVector): (readonly [index: number, value: Fraction])[] | null {
  const scale = BigInt(field.inverse(vector[0]![1]));
  const entries: [number, Fraction][] = [];
  for (const [index, residue] of vector) {
    const found = reconstruct(BigInt(residue) * scale, BigInt(searchPrime), largestPart, largestPart);
    if (!found) return null;
    entries.push([index, fraction(found.numerator, found.denominator)]);
  }
  return entries;
}

/** The field of a combination of couplings. */
export function fieldOf(terms: readonly Term[]): RationalField {
  return terms.flatMap(({ coupling, coefficient }) =>
    movesOf(coupling).map(([to, from]) => [to, from, coefficient] as const),
  );
}

/** Fields at a point modulo `searchPrime`, a row each; behind the parameters stands a 1. */
export function valuesOf(fields: readonly RationalField[], theta: Uint32Array): ResidueMatrix {
  const cols = theta.length - 1;
  const data = new Uint32Array(fields.length * cols);
  for (const [k, moves] of fields.entries())
    for (const [to, from, coefficient] of moves) {
      const at = k * cols + to;
      data[at] = field.add(data[at]!, field.multiply(residueOfFraction(field, coefficient), theta[from]!));
    }
  return { rows: fields.length, cols, data };
}
