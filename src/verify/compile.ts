import { fraction, one, type Fraction } from './fraction.ts';
import type {
  StatedAttention,
  StatedFunction,
  StatedGated,
  StatedLayer,
  StatedNorm,
} from './layer-shapes.ts';
import { maskOf } from './mask.ts';
import type { StatedNetwork } from './network-shape.ts';
import { Program, type Id } from './program.ts';

/** A network as a program, and the tensor that leaves it. */
export interface Compiled {
  readonly program: Program;
  readonly output: Id;
}

/** The tensors of a network, in the order of docs/networks.md and docs/point.md, "Steps". Work and memory are bounded by the budget of a program. */
export function compile(network: StatedNetwork): Compiled {
  const compiler = new Compiler(network);
  return { program: compiler.program, output: compiler.output };
}

/** The parameters of one layer in their order: its own, or those of the layer that it is tied to. */
class Parameters {
  readonly #program: Program;
  readonly #tied: readonly Id[] | null;
  readonly taken: Id[] = [];

  constructor(program: Program, tied: readonly Id[] | null) {
    this.#program = program;
    this.#tied = tied;
  }

  matrix(rows: number, cols: number): Id {
    const block = this.#tied?.[this.taken.length] ?? this.#program.block(rows, cols);
    this.taken.push(block);
    return block;
  }

  row(length: number, there: boolean): Id | null {
    return there ? this.matrix(1, length) : null;
  }
}

class Compiler {
  readonly program = new Program();
  readonly output: Id;
  readonly #context: Id | null;
  readonly #labelled = new Map<string, readonly Id[]>();

  constructor({ inputDim, tokens, context, layers }: StatedNetwork) {
    const input = this.program.tokens('input', tokens, inputDim);
    this.#context = context && this.program.tokens('context', context.tokens, context.inputDim);
    this.output = this.#layers(layers, input);
  }

  #layers(layers: readonly StatedLayer[], x: Id): Id {
    return layers.reduce((entering, layer) => this.#layer(layer, entering), x);
  }

  #layer(layer: StatedLayer, x: Id): Id {
    const { program } = this;
    program.budget.spend(1);
    switch (layer.kind) {
      case 'attention':
        return this.#attention(layer, x);
      case 'linear':
        return this.#named(layer, (parameters) => {
          const { inputDim, outputDim, transposed } = layer;
          const weight = transposed
            ? parameters.matrix(inputDim, outputDim)
            : parameters.matrix(outputDim, inputDim);
          // The weight alone is tied to its transpose.
          const bias = layer.bias
            ? transposed
              ? program.block(1, outputDim)
              : parameters.row(outputDim, true)
            : null;
          return this.#map(x, weight, bias, transposed);
        });
      case 'gated':
        return this.#gated(layer, x);
      case 'rmsnorm':
      case 'layernorm':
        return this.#norm(layer, x);
      case 'positions':
        return this.#named(layer, (parameters) =>
          program.shift(x, parameters.matrix(program.tensor(x).tokens, layer.inputDim)),
        );
      case 'power':
        return program.power(x, layer.exponent);
      case 'activation':
        return this.#apply(layer.function, x);
      case 'scale':
        program.denominators.add(layer.factor.d);
        return program.combination([[x, layer.factor]]);
      case 'residual':
        return this.#sum([x, this.#layers(layer.layers, x)]);
      case 'sum':
        return this.#sum(layer.branches.map((branch) => this.#layers(branch, x)));
    }
  }

  #sum(parts: readonly Id[]): Id {
    return this.program.combination(parts.map((part): [Id, Fraction] => [part, one]));
  }

  /** Computes a layer from its parameters, which stay known by its label. */
  #named(
    { label, tiedTo }: { readonly label: string | null; readonly tiedTo: string | null },
    compute: (parameters: Parameters) => Id,
  ): Id {
    const parameters = new Parameters(this.program, tiedTo === null ? null : this.#labelled.get(tiedTo)!);
    const y = compute(parameters);
    if (label !== null) this.#labelled.set(label, parameters.taken);
    return y;
  }

  /** A linear map whose parameters may be fresh when a step comes to its output. */
  #map(x: Id, weight: Id, bias: Id | null, transposed = false): Id {
    const y = this.program.linear(x, weight, bias, transposed);
    this.program.maps.add(y);
    return y;
  }

  #attention(layer: StatedAttention, x: Id): Id {
    const { program } = this;
    const { headDim, numHeads, numKeyValueHeads, valueDim, outputDim, bias, rotary } = layer;
    const c = layer.context ? this.#context! : x;
    const mask = maskOf(program.tensor(x).tokens, layer.keys, layer);
    const turned = (tensor: Id): Id =>
      rotary === null ? tensor : program.rotation(tensor, rotary.base, rotary.dim);
    return this.#named(layer, (parameters) => {
      const heads: Id[] = [];
      let k = -1;
      let v = -1;
      for (let h = 0; h < numHeads; h++) {
        const weight = parameters.matrix(headDim, layer.inputDim);
        const q = turned(this.#map(x, weight, parameters.row(headDim, bias.query)));
        if (h % (numHeads / numKeyValueHeads) === 0) {
          const keys = parameters.matrix(headDim, layer.keyInputDim);
          k = turned(program.linear(c, keys, parameters.row(headDim, bias.key)));
          const width = valueDim ?? outputDim;
          const values = parameters.matrix(width, layer.keyInputDim);
          v = program.linear(c, values, parameters.row(width, bias.value));
        }
        const scores = program.scores(q, k, mask);
        const alibi = layer.alibi ? `${h + 1}/${numHeads}` : null;
        const weights = layer.softmax ? program.softmax(scores, mask, alibi) : scores;
        const mixed = program.mix(weights, v, mask);
        if (valueDim === null) heads.push(mixed);
        else if (numHeads > 1)
          heads.push(program.linear(mixed, parameters.matrix(outputDim, valueDim), null));
        else
          return this.#map(
            mixed,
            parameters.matrix(outputDim, valueDim),
            parameters.row(outputDim, bias.output),
          );
      }
      const y = this.#sum(heads);
      const block = parameters.row(outputDim, bias.output);
      return block === null ? y : program.shift(y, block);
    });
  }

  #gated(layer: StatedGated, x: Id): Id {
    const { inputDim, hiddenDim, outputDim, bias } = layer;
    return this.#named(layer, (parameters) => {
      const gate = parameters.matrix(hiddenDim, inputDim);
      const f = this.#apply(layer.function, this.#map(x, gate, parameters.row(hiddenDim, bias)));
      const up = parameters.matrix(hiddenDim, inputDim);
      const u = this.program.linear(x, up, parameters.row(hiddenDim, bias));
      const down = parameters.matrix(outputDim, hiddenDim);
      return this.#map(this.program.product(f, u), down, parameters.row(outputDim, bias));
    });
  }

  #norm(layer: StatedNorm, x: Id): Id {
    const y = this.program.normalized(x, layer.epsilon, layer.kind === 'layernorm');
    return this.#named(layer, (parameters) => {
      const weight = parameters.row(layer.inputDim, layer.weight);
      const bias = parameters.row(layer.inputDim, layer.bias);
      return weight === null && bias === null ? y : this.program.gain(y, weight, bias, layer.unitOffset);
    });
  }

  #apply({ name, coefficient }: StatedFunction, z: Id): Id {
    const { program } = this;
    switch (name) {
      case 'identity':
        return z;
      case 'exp':
        return program.exponential(z);
      case 'sigmoid':
        return program.logistic(program.exponential(z));
      case 'silu':
        return program.product(z, program.logistic(program.exponential(z)));
      case 'tanh':
        return program.hyperbolic(program.exponential(program.combination([[z, fraction(2n)]])));
      case 'softplus':
        return program.logarithm(z, program.logistic(program.exponential(z)));
      case 'gelu-tanh': {
        const argument = program.geluArgument(z, coefficient);
        return program.product(z, program.logistic(program.exponential(argument)));
      }
    }
  }
}
