/*
 * The reference for the Jacobian at a point: docs/networks.md and docs/point.md, followed to the letter with BigInt dual numbers. No matrix,
 * no reverse mode; of src only types, fractions and SHA-256. Slow: for networks of about a hundred parameters.
 */
import type { Network } from '../../src/network/format.ts';
import { Residues } from './dual-arithmetic.ts';
import { rotaryClasses } from './dual-rotary.ts';
import { Stream } from './dual-streams.ts';
import { softmaxArguments, type Tensor } from './dual-tensors.ts';
import { trace } from './dual-trace.ts';
import { dependence, functionUnits, sourcesOf } from './dual-units.ts';
import { computed, NoRoots, valueOf, Vanishing, type Given, type Values } from './dual-values.ts';

/** A network at one input. */
export interface DualInput {
  /** The outputs, token by token. */
  readonly outputs: readonly bigint[];
  /** The Jacobian: a row for each output, with its derivatives by all parameters. */
  readonly rows: readonly (readonly bigint[])[];
  /** How often something was drawn again. */
  readonly redrawings: number;
}

type Draws = Map<Tensor, bigint[][]>;

/** Redrawings at one input, at most. */
const mostRedrawings = 64;

/** A network at the first `count` inputs of the point that `seed` draws modulo `prime`; null: the input is skipped. */
export function dualInputs(
  network: Network,
  prime: bigint,
  seed: string,
  count: number,
): (DualInput | null)[] {
  const field = new Residues(prime);
  const { parameters, tensors, output } = trace(network);
  const units = functionUnits(tensors);
  const sources = sourcesOf(tensors, units);
  const stream = (domain: string): Stream => new Stream(domain, seed, prime);
  const thetaStream = stream('theta');
  const theta = Array.from({ length: parameters }, () => thetaStream.next());
  const isDrawn = tensors.some(({ operation: op }) => op.kind === 'gelu argument' && op.constant === 'drawn');
  const setting = {
    field,
    units,
    turn: circleTurns(network, field, stream('circle')),
    constant: isDrawn ? stream('constant').nextUnit() : null,
  };

  const streams = { input: stream('input'), unit: stream('unit'), log: stream('log') };
  const draw = (from: (source: Tensor) => Stream): Draws =>
    new Map(
      sources.map((source) => [
        source,
        Array.from({ length: source.tokens }, (_, token) => drawToken(source, token, from(source))),
      ]),
    );

  /** All values, with their derivatives by one parameter; none for −1. */
  function evaluate(draws: Draws, column: number): Values {
    const given: Given = {
      ...setting,
      draws,
      parameter: (index) => [theta[index]!, index === column ? 1n : 0n],
    };
    const values: Values = new Map();
    for (const tensor of tensors) values.set(tensor, computed(tensor, values, given));
    return values;
  }

  /** Draws again until all norms have roots; false if the input is skipped. */
  function settle(draws: Draws, again: Stream): { redrawings: number } | null {
    for (let redrawings = 0; ; redrawings++) {
      try {
        evaluate(draws, -1);
        return { redrawings };
      } catch (problem) {
        if (problem instanceof Vanishing) return null;
        if (!(problem instanceof NoRoots)) throw problem;
        if (redrawings === mostRedrawings) return null;
        const [radicands] = problem.norm.operands;
        const last = sources
          .filter((source) => source.id < problem.norm.id && dependence(radicands!, source, units) !== 'none')
          .at(-1);
        if (!last || dependence(radicands!, last, units) === 'mixed') return null;
        for (const token of problem.tokens) draws.get(last)![token] = drawToken(last, token, again);
      }
    }
  }

  return Array.from({ length: count }, (_, s) => {
    const draws = draw((source) => streams[domainOf(source)]);
    const settled = settle(draws, stream(`redraw-${s}`));
    if (!settled) return null;
    const final = (column: number) => valueOf(output, evaluate(draws, column), field).flat();
    const derivatives = theta.map((_, column) => final(column).map(([, derivative]) => derivative));
    const outputs = final(-1).map(([value]) => value);
    const rows = outputs.map((_, o) => derivatives.map((column) => column[o]!));
    return { outputs, rows, ...settled };
  });
}

function domainOf({ operation: { kind } }: Tensor): 'input' | 'unit' | 'log' {
  if (kind === 'tokens' || kind === 'context') return 'input';
  return kind === 'logarithm' ? 'log' : 'unit';
}

/** The residues of one token, or of one query of a softmax. */
function drawToken(source: Tensor, token: number, stream: Stream): bigint[] {
  const length =
    source.operation.kind === 'softmax'
      ? softmaxArguments(source).filter(([query]) => query === token).length
      : source.width;
  const next = (): bigint => (domainOf(source) === 'unit' ? stream.nextUnit() : stream.next());
  return Array.from({ length }, next);
}

/** The circle point of each class of rotary frequencies, and its powers. */
function circleTurns(network: Network, field: Residues, stream: Stream): Given['turn'] {
  const classes = rotaryClasses(network.layers);
  const points = Array.from({ length: classes.count }, (): [bigint, bigint] => {
    const tau = stream.nextThat((residue) => residue !== 0n && field.mod(1n + residue ** 2n) !== 0n);
    const inverse = field.inverse(1n + tau ** 2n);
    return [field.mod((1n - tau ** 2n) * inverse), field.mod(2n * tau * inverse)];
  });
  const times = ([c, s]: [bigint, bigint], [d, r]: [bigint, bigint]): [bigint, bigint] => [
    field.mod(c * d - s * r),
    field.mod(c * r + s * d),
  ];
  return (base, dim, m, position) => {
    const { classIndex, multiple } = classes.frequency(base, dim, m);
    let result: [bigint, bigint] = [1n, 0n];
    let square = points[classIndex]!;
    for (let e = BigInt(position) * multiple; e > 0n; e >>= 1n) {
      if (e & 1n) result = times(result, square);
      square = times(square, square);
    }
    return result;
  };
}
