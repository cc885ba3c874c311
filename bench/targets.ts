/** What a ratio of times is to be at most (at least, for a rate): `must`, and better `aim`. */
export interface Target {
  readonly program: string;
  readonly applies: (prime: bigint, n: number) => boolean;
  readonly must: number;
  readonly aim: number;
}

/** The prime of the lower bounds: the fastest kernel. */
const fastPrime = 4093n;

const targets: readonly Target[] = [
  { program: 'FFLAS-FFPACK', applies: (p, n) => p === fastPrime && n >= 512, must: 0.6, aim: 0.4 },
  { program: 'NTL, AVX-512', applies: (p, n) => p === fastPrime && n >= 512, must: 0.75, aim: 0.45 },
  { program: 'FLINT', applies: (p, n) => p === fastPrime && n === 256, must: 0.35, aim: 0.2 },
  {
    program: 'FLINT',
    applies: (p, n) => p > 2n ** 29n && p < 2n ** 31n && n >= 512,
    must: 0.6,
    aim: 0.35,
  },
  { program: 'FLINT', applies: (p, n) => p > 2n ** 60n && n >= 512 && n <= 2048, must: 2, aim: 0.6 },
];

/** The share of the rate of a product of the same size that elimination must reach from n = 2048 on. */
const productShare = { must: 0.75, aim: 0.9 };

/** What a median ratio to a program says of its target: `aim`, `must` or `missed`, or nothing where there is none. */
export function verdict(program: string, prime: bigint, n: number, ratio: number): string {
  if (program === productProgram) {
    if (n < 2048 || prime !== fastPrime) return '';
    const rate = 1 / ratio;
    return judged(rate >= productShare.must, rate >= productShare.aim, `≥ ${productShare.must}`);
  }
  const target = targets.find((one) => one.program === program && one.applies(prime, n));
  return target ? judged(ratio <= target.must, ratio <= target.aim, `≤ ${target.must}`) : '';
}

function judged(must: boolean, aim: boolean, limit: string): string {
  return aim ? 'aim' : must ? `must (${limit})` : `MISSED ${limit}`;
}

/** The row of our own product, scaled to the multiplications of an elimination. */
export const productProgram = 'own product / 3';
