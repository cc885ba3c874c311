/** A target of performance: a ratio that must be, and one that is aimed at. */
export interface Target {
  readonly words: string;
  readonly comparison: '≤' | '≥';
  readonly must: number;
  readonly aim: number;
  /** The program that measures it. */
  readonly measuredBy: string;
}

/** Median ratios in one run, one thread unless said. Where a range of sizes is named, the worst of them counts. */
export const targets = {
  fflas: {
    words: 'rank, fast prime, n = 512…4096, against FFLAS-FFPACK ModularBalanced<double>',
    comparison: '≤',
    must: 0.6,
    aim: 0.4,
    measuredBy: 'bench',
  },
  ntl: {
    words: 'the same against NTL rebuilt with AVX-512 (the fastest native program known)',
    comparison: '≤',
    must: 0.75,
    aim: 0.45,
    measuredBy: 'bench',
  },
  tiny: {
    words: 'n = 256, fast prime, against FLINT 2.9',
    comparison: '≤',
    must: 0.35,
    aim: 0.2,
    measuredBy: 'bench',
  },
  product: {
    words: "elimination against our own matrix product's rate, n ≥ 2048",
    comparison: '≥',
    must: 0.75,
    aim: 0.9,
    measuredBy: 'bench',
  },
  word: {
    words: '30- and 31-bit primes against FLINT 2.9, n = 512…4096',
    comparison: '≤',
    must: 0.6,
    aim: 0.35,
    measuredBy: 'bench',
  },
  twoWords: {
    words: '61-bit primes against FLINT 2.9, n = 512…2048',
    comparison: '≤',
    must: 2,
    aim: 0.6,
    measuredBy: 'bench',
  },
  chromium: {
    words: 'Chromium against Node, same matrix',
    comparison: '≤',
    must: 1.1,
    aim: 1,
    measuredBy: 'bench:chromium',
  },
  threads: {
    words: 'two threads against one, n ≥ 4096',
    comparison: '≤',
    must: 0.6,
    aim: 0.53,
    measuredBy: 'bench:threads',
  },
  certify: {
    words: 'certify against a bare rank of a matrix of the same size (dimension ≥ 2000, start-up apart)',
    comparison: '≤',
    must: 1.5,
    aim: 1.15,
    measuredBy: 'bench:certify',
  },
} as const satisfies Record<string, Target>;

export type TargetName = keyof typeof targets;

/** A ratio that was measured, and where. */
export interface Measured {
  readonly ratio: number;
  readonly where: string;
}

/** One line: `met`, `met, and the aim`, `not met` or `not measured`, the worst ratio, and the target in its words. */
export function verdict(name: TargetName, measured: readonly Measured[]): string {
  const target: Target = targets[name];
  const sign = target.comparison === '≤' ? 1 : -1;
  const wanted = `${target.comparison} ${target.must}, aim ${target.comparison} ${target.aim}`;
  const worst = measured.reduce<Measured | undefined>(
    (a, b) => (a && sign * a.ratio >= sign * b.ratio ? a : b),
    undefined,
  );
  if (!worst) return `not measured\t-\t${wanted}\t${target.words} (npm run ${target.measuredBy})`;
  const reaches = (limit: number): boolean => sign * worst.ratio <= sign * limit;
  const word = reaches(target.aim) ? 'met, and the aim' : reaches(target.must) ? 'met' : 'NOT MET';
  return `${word}\t${worst.ratio.toFixed(3)}\t${wanted}\t${target.words}; worst of ${measured.length}: ${worst.where}`;
}
