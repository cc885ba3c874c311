/** What a Lean file is about: a square matrix of residues modulo a prime, and its inverse. */
export interface LeanScript {
  readonly about: readonly string[];
  readonly prime: string;
  readonly matrix: readonly (readonly string[])[];
  /** The inverse modulo the prime, column by column. */
  readonly inverseColumns: readonly (readonly string[])[];
}

const list = (rows: readonly (readonly string[])[]): string =>
  `[\n${rows.map((row) => `  [${row.join(', ')}]`).join(',\n')}]`;

/**
 * A Lean 4 file without imports. Its theorem is that the matrix times the stated inverse is the identity modulo p: so the matrix has full rank over F_p. The
 * kernel decides it by computing with natural numbers.
 */
export function leanFile({ about, prime, matrix, inverseColumns }: LeanScript): string {
  const order = matrix.length;
  return `${about.map((line) => `-- ${line}`).join('\n')}

namespace Dimcert

/-- The modulus, a prime. -/
def p : Nat := ${prime}

/-- The sum of the products of the entries of two rows, modulo p. -/
def dot : List Nat → List Nat → Nat
  | a :: u, b :: v => (a * b + dot u v) % p
  | _, _ => 0

/-- A matrix, as its rows, times a matrix, as its columns, modulo p. -/
def times (rows columns : List (List Nat)) : List (List Nat) :=
  rows.map (fun row => columns.map (dot row))

/-- The identity matrix of order r, as its rows. -/
def identity (r : Nat) : List (List Nat) :=
  (List.range r).map (fun i => (List.range r).map (fun j => if i = j then 1 else 0))

/-- The named minor of the Jacobian, as its rows. -/
def minor : List (List Nat) := ${list(matrix)}

/-- Its inverse modulo p, as its columns. -/
def inverse : List (List Nat) := ${list(inverseColumns)}

set_option maxRecDepth 100000 in
/-- The minor has a right inverse modulo p. So its rows are independent over the field with p elements: its rank is ${order}. -/
theorem minor_has_rank_${order} : times minor inverse = identity ${order} := by
  decide +kernel

end Dimcert

#print axioms Dimcert.minor_has_rank_${order}
`;
}
