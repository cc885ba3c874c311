/*
 * The residue number system of a prime above 2³¹, and the tables that assembly/product/residue-number-system.ts draws.
 */

/** Limbs of 11 bits of what is converted. */
const limbCount = 6;
const limbBits = 11n;

/** Of a balanced residue below 2⁶²: x = Σ_j x_j 2^(16j) with −2¹⁵ ≤ x_j < 2¹⁵, four limbs. */
function combiningLimbs(x: bigint): number[] {
  return Array.from({ length: 4 }, () => {
    const limb = BigInt.asIntN(16, x);
    x = (x - limb) >> 16n;
    return Number(limb);
  });
}

function balanced(x: bigint, modulus: bigint): bigint {
  const residue = ((x % modulus) + modulus) % modulus;
  return residue > modulus / 2n ? residue - modulus : residue;
}

/** x⁻¹ modulo a small prime. */
function inverse(x: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let i = 2n; i < modulus; i++) result = (result * x) % modulus;
  return result;
}

/** Writes the tables of the chosen moduli at `at`. */
export function writeResidueTables(
  buffer: ArrayBuffer,
  at: number,
  prime: bigint,
  moduli: readonly number[],
): void {
  const chosen = moduli.map(BigInt);
  const product = chosen.reduce((a, b) => a * b);
  const view = new DataView(buffer, at);
  const int16s = (offset: number, values: (number | bigint)[]): void =>
    values.forEach((value, i) => view.setInt16(offset + 2 * i, Number(value), true));
  for (const [i, modulus] of chosen.entries()) {
    view.setInt32(64 + 8 * i, Number(modulus), true);
    view.setFloat32(68 + 8 * i, 1 / Number(modulus), true);
    const weights = Array.from({ length: limbCount }, (_, j) => 1n << (limbBits * BigInt(j)));
    const scale = inverse(product / modulus, modulus);
    int16s(
      192 + 12 * i,
      weights.map((weight) => balanced(weight * scale, modulus)),
    );
    int16s(
      384 + 12 * i,
      weights.map((weight) => balanced(weight, modulus)),
    );
  }
  // The terms c_i, and −q, side by side in pairs.
  const combined = [...chosen.map((modulus) => product / modulus), product];
  for (const [i, term] of combined.entries()) {
    const modulus = chosen[i];
    const fraction = modulus === undefined ? 0 : Math.round(2 ** 27 / Number(modulus));
    for (const [j, entry] of [fraction, ...combiningLimbs(balanced(term, prime))].entries())
      view.setInt16(576 + 32 * (i >> 1) + 4 * j + 2 * (i & 1), entry, true);
  }
}
