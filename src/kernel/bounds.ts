/*
 * The overflow bounds of the kernels, as functions of the prime. A balanced residue r has |r| ≤ p/2; what a reduction leaves may be a little more:
 * |r| ≤ slack·p. All bounds hold for the worst case, every residue extreme and of the worst sign.
 */

/** The largest prime whose residues are kept in i16: below it 96 terms fit into an i32. */
export const maxSmallPrime = 8191;

/** Most terms that are packed together (maxDepth in assembly/product/product.ts). */
const mostTerms = 256;

/**
 * The slack of the reduction x − p·round(x/p) in f32 of a sum of `terms` products of residues with slack `factorSlack`.
 *
 * The conversion of x, the reciprocal and the product are each rounded to 24 bits: the quotient is off by at most 3·2⁻²⁴·|x|/p.
 */
export function smallReductionSlack(prime: number, terms: number, factorSlack: number): number {
  const largest = terms * (factorSlack * prime) ** 2 + factorSlack * prime;
  return 0.5 + (3 * 2 ** -24 * largest) / prime;
}

/** The slack of any residue modulo a small prime: the fixed point of the reduction, whose results are factors of later products. Infinite where there is none. */
export function smallSlack(prime: number, terms: number): number {
  for (let slack = 0.5; slack < 1;) {
    const next = smallReductionSlack(prime, terms, slack);
    if (next - slack < 2 ** -30) return next + 2 ** -29;
    slack = next;
  }
  return Infinity;
}

/** Whether a sum of `terms` products of residues, and one residue, fits into an i32 in the worst case. */
export function smallTermsFit(prime: number, terms: number): boolean {
  const extreme = Math.floor(smallSlack(prime, terms) * prime);
  return terms * extreme ** 2 + extreme < 2 ** 31;
}

/** Terms of a product modulo a small prime that are summed in an i32 before the sum is reduced: a multiple of 32, at most 256. */
export function smallDepth(prime: number): number {
  let terms = mostTerms;
  while (terms > 32 && !smallTermsFit(prime, terms)) terms -= 32;
  return terms;
}

/**
 * The slack of any residue modulo a word prime. Quotients are at most 2³¹: of a folded accumulator 2³⁰ + 2³²/p, of a product of two residues p/4.
 * They are computed in doubles with at most four roundings.
 */
export const wordSlack = 0.5 + 2 ** -20;

/** The largest residue of the word kernel. */
export function wordExtreme(prime: number): number {
  return Math.floor(wordSlack * prime);
}

/** The largest absolute value of an accumulator after a fold: the low 32 bits, and the high ones (signed, 31 bits) times 2³² mod p. */
export function foldedExtreme(prime: number): bigint {
  return (1n << 32n) + (1n << 31n) * BigInt(wordExtreme(prime));
}

/** Products of two residues that fit into an i64 on top of a folded accumulator, at most 256. */
export function wordFoldTerms(prime: number): number {
  const product = BigInt(wordExtreme(prime)) ** 2n;
  const room = ((1n << 63n) - 1n - foldedExtreme(prime)) / product;
  return Number(room < BigInt(mostTerms) ? room : BigInt(mostTerms));
}

/** Products of 16-bit limbs for a product of residues modulo a word prime (assembly/product/limbs.ts): with 16, 22 or 31 bits. */
export function limbProducts(prime: number): 2 | 3 | 6 {
  return prime < 2 ** 16 ? 2 : prime < 2 ** 22 ? 3 : 6;
}

/** Limbs of 11 bits are from −2¹⁰ to 2¹⁰ − 1, the highest is at most 2¹⁰ (assembly/product/limbs.ts). */
export const limbExtreme = 2 ** 10;

/** Whether sums of so many products of a limb of 8 bits (at most 2⁷) and a residue of 16 bits, and an old element, fit into an i32. */
export function halvesFit(terms: number): boolean {
  return terms * 2 ** 7 * 2 ** 15 + 2 ** 15 < 2 ** 31;
}

/**
 * Whether sums of so many products fit when residues are cut into limbs of 11 bits.
 *
 * The sums of Karatsuba's products may wrap: what must fit into an i32 is what is left of them, the sums of x0·y0 (with an old element), x0·y1 + x1·y0,
 * x0·y2 + x1·y1 + x2·y0, …
 */
export function limbTermsFit(terms: number): boolean {
  return terms * 2 * limbExtreme ** 2 < 2 ** 31 && terms * limbExtreme ** 2 + wordExtreme(2 ** 31) < 2 ** 31;
}

/** The largest residue modulo a prime above 2³¹: the quotient of a finished tile, below 2¹⁵, is off by less than 2⁻³⁰ in doubles. */
export function largeExtreme(prime: bigint): bigint {
  return prime / 2n + (prime >> 30n);
}

/** Products of two residues that fit into a signed sum of 128 bits: 31 at p ≈ 2⁶². */
export function largeFoldTerms(prime: bigint): number {
  const room = ((1n << 127n) - 1n) / largeExtreme(prime) ** 2n;
  return Number(room < BigInt(mostTerms) ? room : BigInt(mostTerms));
}

/**
 * The modulus that sums of `terms` products of residues need in a residue number system: of either sign, with room for the error of their quotient by
 * it (assembly/product/residue-number-system.ts).
 */
export function largeSumRange(prime: bigint, terms: number): bigint {
  return 4n * BigInt(terms) * largeExtreme(prime) ** 2n;
}

/** The moduli, all of them needed at p ≈ 2⁶²: primes of which 256 products fit into an i32 (`smallDepth`), and more than 2¹², so that 2²⁷/m fits into an i16. */
const smallModuli = [4999, 4993, 4987, 4973, 4969, 4967, 4957, 4951, 4943, 4937, 4933];

/** The first moduli whose product suffices for sums of `terms` products: an odd number of them. */
export function residueModuli(prime: bigint, terms: number): number[] {
  const range = largeSumRange(prime, terms);
  let [product, count] = [1n, 0];
  while (product < range || count % 2 === 0) product *= BigInt(smallModuli[count++]!);
  return smallModuli.slice(0, count);
}

/** Limbs of a residue modulo a prime below 2⁶² (assembly/product/residue-number-system.ts): the sixth is smaller, at most 2⁷. */
const residueLimbs = 6;

/** Whether the sum of the limbs of a residue times their weights modulo a small modulus is an integer that single precision holds. */
export function residueConversionIsExact(modulus: number): boolean {
  return residueLimbs * limbExtreme * ((modulus - 1) / 2) < 2 ** 24;
}

/** Limbs of 16 bits are from −2¹⁵ to 2¹⁵ − 1. */
export const combiningLimbExtreme = 2 ** 15;

/**
 * Whether what puts the residues c_i modulo all moduli together fits into an i32: Σ c_i·(2²⁷/m_i), which finds the quotient q, rounded; and the limbs
 * of Σ c_i·(M/m_i) − q·M modulo p. |c_i| is at most what a reduction of the sum of `terms` products leaves.
 */
export function residueCombinationFits(moduli: readonly number[], terms: number): boolean {
  const extremes = moduli.map((modulus) => smallReductionSlack(modulus, terms, 0.5 + 2 ** -10) * modulus);
  const quotient = extremes.reduce((sum, extreme, i) => sum + (extreme * 2 ** 27) / moduli[i]!, 0);
  const limbs = extremes.reduce((sum, extreme) => sum + extreme, moduli.length) * combiningLimbExtreme;
  return quotient + 2 ** 26 < 2 ** 31 && limbs < 2 ** 31;
}

/** What the kernel is configured with for a prime. */
export interface KernelBounds {
  readonly elementBytes: 2 | 4 | 8;
  /** Terms between two reductions. */
  readonly depth: number;
  /** Terms between two folds of the word kernel, or two reductions of the 128-bit sums of the large one. */
  readonly foldTerms: number;
  /** Products of i16 for a product of residues, with vectors: one, of limbs, or one for each modulus of a residue number system. */
  readonly products: number;
}

export function kernelBounds(prime: number | bigint): KernelBounds {
  if (typeof prime === 'bigint')
    return {
      elementBytes: 8,
      depth: mostTerms,
      foldTerms: largeFoldTerms(prime),
      products: residueModuli(prime, mostTerms).length,
    };
  return prime <= maxSmallPrime
    ? { elementBytes: 2, depth: smallDepth(prime), foldTerms: 0, products: 1 }
    : { elementBytes: 4, depth: mostTerms, foldTerms: wordFoldTerms(prime), products: limbProducts(prime) };
}
