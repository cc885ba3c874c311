import type { Arithmetic, Vector } from './arithmetic.ts';
import type { Breath } from './breath.ts';
import type { StatedPoint } from './fields.ts';
import type { Id, Program } from './program.ts';
import type { Residues } from './residues.ts';
import { rotaryAngles, type Angle } from './rotary.ts';
import type { Steps } from './steps.ts';
import { ResidueStream } from './stream.ts';

/** cos and sin of the angles of a rotary layer: tokens × dim/2. */
export interface Rotation<E> {
  readonly cos: Vector<E>;
  readonly sin: Vector<E>;
}

/** All that is drawn for one input, by the tensor in whose step it is drawn. */
export interface Input<E> {
  readonly number: number;
  readonly draws: Map<Id, Vector<E>>;
}

/** A point modulo p: parameters and constants, drawn, and the inputs in their order, to be drawn. */
export class Point<E extends number | bigint> {
  readonly blocks: readonly Vector<E>[];
  /** By base and dim of a rotary layer. */
  readonly rotations: ReadonlyMap<string, Rotation<E>>;
  /** √(2/π). */
  readonly constant: E | null;
  readonly field: Residues<E>;
  readonly #seed: string;
  readonly #layout: { readonly program: Program; readonly steps: Steps };
  readonly #streams: Readonly<Record<'input' | 'unit' | 'log', ResidueStream<E>>>;
  #inputs = 0;

  private constructor(
    layout: { readonly program: Program; readonly steps: Steps },
    seed: string,
    field: Residues<E>,
    drawn: Pick<Point<E>, 'blocks' | 'rotations' | 'constant'>,
  ) {
    this.#layout = layout;
    this.#seed = seed;
    this.field = field;
    this.blocks = drawn.blocks;
    this.rotations = drawn.rotations;
    this.constant = drawn.constant;
    this.#streams = { input: this.#stream('input'), unit: this.#stream('unit'), log: this.#stream('log') };
  }

  /** Draws the parameters, the points of the circle and the constant. */
  static async draw<E extends number | bigint>(
    program: Program,
    steps: Steps,
    { seed, prime }: StatedPoint,
    field: Residues<E>,
    breath: Breath,
  ): Promise<Point<E>> {
    const stream = (domain: string): ResidueStream<E> => new ResidueStream(domain, seed, prime, field.f);
    const theta = stream('theta');
    const blocks: Vector<E>[] = [];
    for (const { rows, cols } of program.blocks) blocks.push(await theta.take(rows * cols, breath));
    const rotations = await drawRotations(program, stream('circle'), field, breath);
    const constant = program.needsConstant ? stream('constant').next(false) : null;
    return new Point({ program, steps }, seed, field, { blocks, rotations, constant });
  }

  async nextInput(breath: Breath): Promise<Input<E>> {
    const draws = new Map<Id, Vector<E>>();
    for (const [domain, id, count] of this.#draws())
      draws.set(id, await this.#streams[domain].take(count, breath));
    return { number: this.#inputs++, draws };
  }

  /** Draws the next input and throws it away: it has its place in the streams. */
  async skipInput(breath: Breath): Promise<void> {
    for (const [domain, , count] of this.#draws()) await this.#streams[domain].skip(count, breath);
    this.#inputs++;
  }

  /** What is drawn again at an input comes from here. */
  redraws(input: Input<E>): ResidueStream<E> {
    return this.#stream(`redraw-${input.number}`);
  }

  *#draws(): Generator<['input' | 'unit' | 'log', Id, number]> {
    const { program, steps } = this.#layout;
    for (const [id, { operation, tokens, width }] of program.tensors.entries())
      if (operation.kind === 'tokens') yield ['input', id, tokens * width];
      else break;
    for (const [id, count] of steps.units) yield ['unit', id, count];
    for (const [id, count] of steps.logarithms) yield ['log', id, count];
  }

  #stream(domain: string): ResidueStream<E> {
    return new ResidueStream(domain, this.#seed, this.field.prime, this.field.f);
  }
}

type Circle<E> = readonly [cos: E, sin: E];

/** Draws τ for each class, and computes all angles at all positions. */
async function drawRotations<E extends number | bigint>(
  { rotaries, tensors }: Program,
  circle: ResidueStream<E>,
  field: Residues<E>,
  breath: Breath,
): Promise<Map<string, Rotation<E>>> {
  const { f } = field;
  const { angles, groups } = rotaryAngles(rotaries);
  const turned = ([c, s]: Circle<E>, [d, r]: Circle<E>): Circle<E> => [
    f.subtract(f.multiply(c, d), f.multiply(s, r)),
    f.add(f.multiply(c, r), f.multiply(s, d)),
  ];
  const points = Array.from({ length: groups }, (): Circle<E> => drawCirclePoint(circle, f));
  const power = (base: Circle<E>, n: bigint): Circle<E> => {
    let result: Circle<E> = [f.one, f.zero];
    let square = base;
    for (let e = n; e > 0n; e >>= 1n) {
      if (e & 1n) result = turned(result, square);
      square = turned(square, square);
    }
    return result;
  };
  const atOne = ({ group, multiple }: Angle): Circle<E> =>
    multiple.reduce((point, [q, exponent]) => power(point, q ** exponent), points[group]!);
  const tokens = tensors[0]!.tokens;
  const rotations = new Map<string, Rotation<E>>();
  for (const [n, { base, dim }] of rotaries.entries()) {
    const half = dim / 2;
    const rotation = { cos: f.zeros(tokens * half), sin: f.zeros(tokens * half) };
    for (const [m, angle] of angles[n]!.entries()) {
      if (breath.due((tokens + 64) * 8 * f.cost.dot)) await breath.take();
      const step = atOne(angle);
      let point: Circle<E> = [f.one, f.zero];
      for (let i = 0; i < tokens; i++) {
        [rotation.cos[i * half + m], rotation.sin[i * half + m]] = point;
        point = turned(point, step);
      }
    }
    rotations.set(`${base} ${dim}`, rotation);
  }
  return rotations;
}

/** ((1 − τ²)/(1 + τ²), 2τ/(1 + τ²)) for the next τ that gives a point, and not the neutral one. */
function drawCirclePoint<E>(circle: ResidueStream<E>, f: Arithmetic<E>): Circle<E> {
  for (;;) {
    const tau = circle.next(false);
    const square = f.multiply(tau, tau);
    const denominator = f.add(f.one, square);
    if (denominator === f.zero) continue;
    const inverse = f.inverse(denominator);
    return [f.multiply(f.subtract(f.one, square), inverse), f.multiply(f.add(tau, tau), inverse)];
  }
}
