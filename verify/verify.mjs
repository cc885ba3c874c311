// Checks a certificate of dimcert (format dimcert-certificate, version 1), in Node or in a browser, with nothing but this file.
//
//     node verify.mjs CERTIFICATE [--quick]    exit code: 0 accepted, 1 rejected, 2 no certificate or bad usage
//     import { verify } from './verify.mjs'    verify(text, quick): { title, proved, probable, open }, or an error
//
// It shares no code with dimcert and trusts nothing in the file. Why each step is a proof is said where it is taken:
//   lower bound   A point modulo p is a ring homomorphism. A minor of the Jacobian that is not 0 there is not 0 before, so
//                 the generic rank of the Jacobian, which is the dimension of the function space, is at least its order.
//   exponentials  Their residues are drawn. That they may be rests on algebraic independence (Ax 1971), that square roots
//                 may be chosen on radicands independent modulo squares: both follow from matrices of full rank.
//   upper bound   The closed form and spaces of polynomial maps are recomputed. Symmetries (method gauge) are not: such a
//                 bound is refuted or left open, by a run at a random point. `dimcert verify` proves it.
// The documents named here are in the folder docs of dimcert.

/** Of some nanoseconds: what would take more is rejected before it begins. */
const mostOperations = 2 ** 36;
/** Of matrices and vectors in memory. */
const mostEntries = 2 ** 26;
/** Of points and inputs, those between the inputs that rows name included. */
const mostResidues = 2 ** 24;
/** What looking at the network has taken. */
let spent = 0;

export class Rejection extends Error {}
export class NoCertificate extends Error {}

function demand(holds, where, expected) {
  if (!holds) throw new Rejection(`${where}: expected ${expected}`);
}

function spend(operations) {
  spent += operations;
  demand(spent < 2 ** 26, 'certificate.network', 'a simpler network');
}

// ---- Reading: every field is known and typed, so that a certificate says nothing that is not checked ----

const count = (digits) => `(0|[1-9][0-9]{0,${digits}})`;
const size = '[1-9][0-9]{0,14}';
/** Regular expressions of the canonical JSON. */
const types = {
  any: '[^]*',
  text: '"[^]*"',
  list: '\\[[^]*\\]',
  boolean: 'true|false',
  true: 'true',
  false: 'false',
  size,
  count: count(14),
  decimal: `"${count(19)}"`,
  seed: `"${count(38)}"`,
  fraction: '"-?[0-9]+(/[1-9][0-9]*)?"',
};
const pointFields = 'prime:decimal point:any ';
const named = 'kind:any label:text? tiedTo:text? ';
const layerFields = {
  attention:
    named +
    'normalization:any headDim:size outputDim:size numHeads:size? numKeyValueHeads:size? valueDim:size? causal:true? ' +
    'window:size? alibi:true? rotary:any? context:true? bias:any?',
  linear: named + 'outputDim:size bias:true? transposed:true?',
  gated: named + 'function:any coefficient:fraction? hiddenDim:size outputDim:size bias:true?',
  rmsnorm: named + 'epsilon:fraction? weight:false? unitOffset:true?',
  layernorm: named + 'epsilon:fraction? weight:false? bias:true?',
  positions: named,
  activation: 'kind:any function:any coefficient:fraction?',
  power: 'kind:any exponent:size',
  scale: 'kind:any factor:fraction',
  residual: 'kind:any layers:list',
  sum: 'kind:any branches:list',
};

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** RFC 8785, of integers and strings. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join()}}`;
}

/** The fields of an object: `spec` has words name:type, with a question mark behind what may be absent. */
function read(value, where, spec) {
  const fields = new Map(
    spec
      .trim()
      .split(/ +/)
      .map((word) => word.split(':')),
  );
  const isKnown = isObject(value) && Object.keys(value).every((key) => fields.has(key));
  demand(isKnown, where, `an object without fields but ${[...fields.keys()].join(', ')}`);
  for (const [key, kind] of fields) {
    const type = kind.replace('?', '');
    if (!Object.hasOwn(value, key)) demand(kind !== type, `${where}.${key}`, type);
    else if (type === 'indices') ascending(value[key], `${where}.${key}`);
    else if (type !== 'any')
      demand(new RegExp(`^(${types[type]})$`).test(canonical(value[key])), `${where}.${key}`, type);
  }
  return value;
}

function ascending(list, where, below = 10 ** 15) {
  const fits = (n, i) => Number.isSafeInteger(n) && n >= 0 && n < below && (i === 0 || list[i - 1] < n);
  demand(Array.isArray(list) && list.every(fits), where, 'ascending indices');
}

/** SHA-256 (FIPS 180-4) of bytes, as eight 32-bit words. */
function sha256(bytes) {
  const padded = new Uint8Array((bytes.length + 72) & ~63);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, bytes.length / 2 ** 29);
  view.setUint32(padded.length - 4, bytes.length << 3);
  const hash = Int32Array.from(sha256.start);
  const w = new Int32Array(64);
  const turn = (x, n) => (x >>> n) | (x << (32 - n));
  for (let block = 0; block < padded.length; block += 64) {
    for (let i = 0; i < 64; i++) {
      const [x, y] = [w[i - 15], w[i - 2]];
      const s0 = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3);
      const s1 = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10);
      w[i] = i < 16 ? view.getInt32(block + 4 * i) : w[i - 16] + s0 + w[i - 7] + s1;
    }
    let [a, b, c, d, e, f, g, h] = hash;
    for (let i = 0; i < 64; i++) {
      const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + sha256.constants[i] + w[i]) | 0;
      const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
    }
    for (const [i, x] of [a, b, c, d, e, f, g, h].entries()) hash[i] += x;
  }
  return hash;
}
{
  // The first bits of the fractional parts of the square and cube roots of the first primes.
  const primes = Array.from({ length: 312 }, (_, n) => n).filter(
    (n) => n > 1 && !Array.from({ length: n }, (_, m) => m).some((m) => m > 1 && m < n && n % m === 0),
  );
  const bits = (x) => ((x % 1) * 2 ** 32) | 0;
  sha256.start = primes.slice(0, 8).map((n) => bits(Math.sqrt(n)));
  sha256.constants = primes.map((n) => bits(Math.cbrt(n)));
}

const digest = (value) =>
  Array.from(sha256(new TextEncoder().encode(canonical(value))), (word) =>
    (word >>> 0).toString(16).padStart(8, '0'),
  ).join('');

// ---- Numbers: residues modulo p are numbers if p < 2^26, else bigints; the same operators work on both ----

function power(x, n, p) {
  let [result, square, rest] = [p / p, x % p, BigInt(n)];
  for (; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % p;
    square = (square * square) % p;
  }
  return result;
}

/** Miller-Rabin: these bases decide every n below 2^64 (Sorenson and Webster 2015). */
function isPrime(n) {
  const bases = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n];
  if (n < 2n || n >= 2n ** 64n || bases.some((b) => n % b === 0n)) return bases.includes(n);
  let odd = n - 1n;
  while (odd % 2n === 0n) odd /= 2n;
  return bases.every((b) => {
    let x = power(b, odd, n);
    if (x === 1n) return true;
    for (let m = odd; m < n - 1n; m *= 2n, x = (x * x) % n) if (x === n - 1n) return true;
    return false;
  });
}

function gcd(a, b) {
  while (b) [a, b] = [b, a % b];
  return a < 0n ? -a : a;
}

/** A fraction in lowest terms; and its text, as it is written in certificates. */
function fraction(n, d = 1n) {
  const common = gcd(n, d) * (d < 0n ? -1n : 1n);
  return { n: n / common, d: d / common };
}
const textOf = ({ n, d }) => (d === 1n ? `${n}` : `${n}/${d}`);
const parts = (text) => text.split('/').map(BigInt);
const times = (a, b) => fraction(a.n * b.n, a.d * b.d);
const inverse = ({ n, d }) => fraction(d, n);
const floor = ({ n, d }) => fraction(n / d - (n % d < 0n ? 1n : 0n));
const one = fraction(1n);
const minus = fraction(-1n);

function stated(text, where) {
  demand(
    text.length <= 700 && textOf(fraction(...parts(text))) === text,
    where,
    'a fraction in lowest terms',
  );
  return fraction(...parts(text));
}

/** x + factor·y, of sparse vectors of fractions. */
function plus(x, factor, y) {
  spend(4 * (x.size + y.size));
  const total = new Map(x);
  for (const [at, entry] of y) {
    const { n, d } = times(factor, entry);
    const old = total.get(at) ?? fraction(0n);
    const sum = fraction(old.n * d + n * old.d, old.d * d);
    demand((sum.n < 0n ? -sum.n : sum.n) + sum.d < 2n ** 4096n, 'certificate.network', 'shorter fractions');
    if (sum.n === 0n) total.delete(at);
    else total.set(at, sum);
  }
  return total;
}

/**
 * Of vectors u those that depend on none before, e_1, e_2, …; and each u as an integer combination of the basis b of the lattice of all u, in
 * Hermite normal form with respect to the e: docs/point.md, "Units of functions".
 */
function lattice(vectors) {
  const [echelon, first, basis] = [[], [], []];
  const coordinates = vectors.map((u, n) => {
    let [rest, x] = [u, new Map()];
    for (const { pivot, row, y } of echelon) {
      if (!rest.has(pivot)) continue;
      const factor = times(rest.get(pivot), inverse(row.get(pivot)));
      [rest, x] = [plus(rest, times(minus, factor), row), plus(x, factor, y)];
    }
    if (rest.size === 0) return x;
    const unit = new Map([[first.length, one]]);
    echelon.push({ pivot: [...rest.keys()][0], row: rest, y: plus(unit, minus, x) });
    first.push(n);
    return unit;
  });
  const last = (x) => Math.max(...x.keys());
  for (let x of coordinates)
    while (x.size > 0) {
      // Euclid's algorithm on the last coordinates.
      const k = last(x);
      let b = basis[k] ?? new Map();
      while (b.has(k)) {
        const quotient = floor(times(x.get(k), inverse(b.get(k))));
        [x, b] = [b, plus(x, times(minus, quotient), b)];
      }
      [basis[k], x] = [x, b];
    }
  for (const [k, row] of basis.entries()) {
    let b = row.get(k).n > 0n ? row : plus(new Map(), minus, row);
    for (let j = k - 1; j >= 0; j--) {
      const quotient = floor(times(b.get(j) ?? fraction(0n), inverse(basis[j].get(j))));
      b = plus(b, times(minus, quotient), basis[j]);
    }
    basis[k] = b;
  }
  const powers = coordinates.map((u) => {
    const factors = [];
    for (let x = u; x.size > 0;) {
      const k = last(x);
      const quotient = times(x.get(k), inverse(basis[k].get(k)));
      factors.push([k, quotient.n]);
      x = plus(x, times(minus, quotient), basis[k]);
    }
    return factors;
  });
  return { powers, first };
}

// ---- The network: a list of tensors, each computed from tensors before it (docs/networks.md, docs/point.md) ----

const twoOperands = ['scores', 'mix', 'product', 'log', 'normalized'];

/**
 * `nodes[n]` is { op, args, tokens, width }; what is computed alike from the same tensors is one. Entries are numbered: parameters first, then
 * tensor by tensor, token by token.
 */
class Network {
  nodes = [];
  #ids = new Map();
  /** Of a combination its terms; else the tensor itself. */
  terms = [];
  /** Token i is z_i times one vector: the tensor z. With one coordinate it is the tensor itself. */
  parallel = [];
  base = [0];
  work = 0;
  /** Of what was computed again. */
  again = 0;
  blocks = [];
  parameters = 0;
  #reader = new Map();
  divisors = new Set([2n]);
  exponent = 1;
  rotaries = [];
  pi = false;
  /** Of plain attention layers, for the closed form; null stands for another layer. */
  stack = [];
  #maps = new Set();
  #labels = new Map();
  #context = null;

  constructor(network) {
    const where = 'certificate.network';
    read(network, where, 'format:any version:any inputDim:size sequenceLength:size layers:list context:any?');
    const { format, version, inputDim, sequenceLength, layers, context } = network;
    demand(format === 'dimcert-network' && version === 1, where, 'dimcert-network, version 1');
    const x = this.#node('tokens', ['input'], { tokens: sequenceLength, width: inputDim });
    if (context !== undefined) {
      read(context, `${where}.context`, 'inputDim:size sequenceLength:size');
      const shape = { tokens: context.sequenceLength, width: context.inputDim };
      this.#context = this.#node('tokens', ['context'], shape);
    }
    this.output = this.#layers(layers, `${where}.layers`, x, 0);
    const fits = layers.length > 0 && !(this.pi && this.rotaries.length > 0);
    demand(fits, where, 'layers, and no angles beside the square root of 2/pi');
    this.#steps();
  }

  #node(op, args, { tokens, width }, { parallel = null, terms = null, length = 2 } = {}) {
    const key = JSON.stringify([op, args, tokens, width]);
    if (this.#ids.has(key)) return this.#ids.get(key);
    const n = this.nodes.length;
    this.#ids.set(key, n);
    this.nodes.push({ op, args, tokens, width });
    this.terms.push(terms ?? new Map([[n, one]]));
    this.parallel.push(parallel === 'own' || (parallel === null && width === 1) ? n : parallel);
    this.base.push(this.base[n] + tokens * width);
    this.work += tokens * width * length;
    demand(n < 2 ** 13 && this.work < 2 ** 24, 'certificate.network', 'fewer operations');
    for (const block of this.reads(n)) if (!this.#reader.has(block)) this.#reader.set(block, n);
    return n;
  }

  /** The blocks of parameters that a tensor is computed from. */
  reads(n) {
    const { op, args } = this.nodes[n];
    return (['linear', 'scaled'].includes(op) ? args.slice(1, 3) : []).filter((block) => block !== null);
  }

  operands(n) {
    const { op, args } = this.nodes[n];
    if (op === 'sum') return args.map(([atom]) => atom);
    return op === 'tokens' ? [] : args.slice(0, twoOperands.includes(op) ? 2 : 1);
  }

  #like(x, op, args = [], options = {}) {
    return this.#node(op, [x, ...args], this.nodes[x], options);
  }

  /** A rational combination of tensors that are no combinations themselves. */
  #sum(summands) {
    let terms = new Map();
    for (const [x, factor] of summands) terms = plus(terms, factor, this.terms[x]);
    const sorted = [...terms].sort(([a], [b]) => a - b);
    if (sorted.length === 1 && textOf(sorted[0][1]) === '1') return sorted[0][0];
    const shared = new Set(sorted.map(([atom]) => this.parallel[atom]));
    const parallel = shared.size === 1 ? [...shared][0] : null;
    const options = { parallel, terms: new Map(sorted), length: sorted.length };
    const args = sorted.map(([atom, factor]) => [atom, textOf(factor)]);
    return this.#node('sum', args, this.nodes[summands[0][0]], options);
  }

  /** x·Wᵀ + b, or x·W + b. */
  #linear(x, w, b = null, flip = false) {
    const { rows, cols } = this.blocks[w];
    const shape = { tokens: this.nodes[x].tokens, width: flip ? cols : rows };
    const options = { parallel: b === null ? this.parallel[x] : null, length: rows + cols };
    return this.#node('linear', [x, w, b, flip], shape, options);
  }

  /** A linear map on whose parameters the independence of what is read behind it may rest. */
  #map(...args) {
    const y = this.#linear(...args);
    this.#maps.add(y);
    return y;
  }

  /** (gain + 1 or 0)·x + shift, by coordinates; the shift maybe by tokens too. */
  #scaled(x, gain, shift, unit) {
    return this.#like(x, 'scaled', [gain, shift, unit], {
      parallel: shift === null ? this.parallel[x] : null,
    });
  }

  /** Parallel, with coefficients of its own, where x is parallel. */
  #own(x) {
    return this.parallel[x] === null ? null : 'own';
  }

  /** A function that gives the blocks of a layer in their order: its own, or those of the layer to which it is tied. */
  #named({ label, tiedTo }, where, shape) {
    const isNew = label === undefined || (tiedTo === undefined && !this.#labels.has(label));
    demand(isNew, `${where}.label`, 'a new label, not beside tiedTo');
    const met = this.#labels.get(tiedTo);
    const fits = tiedTo === undefined || met?.shape === shape.join();
    demand(fits, `${where}.tiedTo`, 'the label of a layer before, of the same shapes');
    const own = [];
    if (label !== undefined) this.#labels.set(label, { shape: shape.join(), blocks: own });
    return (rows, cols, isThere = true) => {
      if (!isThere) return null;
      if (tiedTo === undefined) {
        this.blocks.push({ first: this.parameters, rows, cols });
        this.parameters += rows * cols;
      }
      own.push(tiedTo === undefined ? this.blocks.length - 1 : met.blocks[own.length]);
      return own.at(-1);
    };
  }

  #layers(layers, where, entering, depth) {
    demand(Array.isArray(layers) && depth <= 64, where, 'an array of layers');
    return layers.reduce((x, layer, i) => {
      const kind = isObject(layer) && typeof layer.kind === 'string' ? layer.kind : '';
      demand(Object.hasOwn(layerFields, kind), `${where}[${i}].kind`, 'a kind of layer');
      return this.#layer(read(layer, `${where}[${i}]`, layerFields[kind]), `${where}[${i}]`, x, depth);
    }, entering);
  }

  #layer(layer, where, x, depth) {
    const { tokens, width: d } = this.nodes[x];
    const { kind, outputDim: out = d, bias = false } = layer;
    this.stack.push(kind === 'attention' ? layer : null);
    switch (kind) {
      case 'attention':
        return this.#attention(layer, where, x);
      case 'rmsnorm':
      case 'layernorm':
        return this.#norm(layer, where, x);
      case 'residual':
      case 'sum': {
        const branches = kind === 'residual' ? [[], layer.layers] : layer.branches;
        const isEmpty = branches.length < 2 || (kind === 'residual' && branches[1].length === 0);
        demand(!isEmpty, where, 'branches');
        const ends = branches.map((branch, i) => this.#layers(branch, `${where}.${i}`, x, depth + 1));
        demand(new Set(ends.map((end) => this.nodes[end].width)).size === 1, where, 'branches of one width');
        return this.#sum(ends.map((end) => [end, one]));
      }
      case 'scale': {
        const factor = stated(layer.factor, where);
        demand(factor.n !== 0n, where, 'a factor that is not 0');
        this.divisors.add(factor.d);
        return this.#sum([[x, factor]]);
      }
      case 'power':
        this.exponent = Math.max(this.exponent, layer.exponent);
        return this.#like(x, 'power', [layer.exponent]);
      case 'activation':
        return this.#function(layer, where, x);
      case 'positions':
        return this.#scaled(x, null, this.#named(layer, where, [kind, tokens, d])(tokens, d), true);
      case 'gated': {
        const { hiddenDim: m } = layer;
        const take = this.#named(layer, where, [kind, d, m, out, bias]);
        const gate = this.#map(x, take(m, d), take(1, m, bias));
        const f = this.#function(layer, where, gate, ['identity']);
        const up = this.#linear(x, take(m, d), take(1, m, bias));
        return this.#map(this.#like(f, 'product', [up]), take(out, m), take(1, out, bias));
      }
      case 'linear': {
        if (layer.transposed) {
          const met = this.#labels.get(layer.tiedTo);
          const isOther = met !== undefined && met.shape.startsWith(['linear', d, out, ''].join());
          demand(isOther && layer.label === undefined, where, `tied to a linear layer of ${d} x ${out}`);
          return this.#map(x, met.blocks[0], this.#named({}, where, [])(1, out, bias), true);
        }
        const take = this.#named(layer, where, [kind, out, d, bias]);
        return this.#map(x, take(out, d), take(1, out, bias));
      }
    }
  }

  #function({ function: name, coefficient }, where, z, more = []) {
    const names = ['exp', 'sigmoid', 'silu', 'tanh', 'softplus', 'gelu-tanh', ...more];
    demand(names.includes(name), where, 'a function');
    demand(coefficient === undefined || name === 'gelu-tanh', where, 'no coefficient');
    if (name === 'identity') return z;
    if (name === 'exp') return this.#like(z, 'exp');
    if (name === 'tanh') return this.#like(this.#like(this.#sum([[z, fraction(2n)]]), 'exp'), 'hyperbolic');
    let argument = z;
    if (name === 'gelu-tanh') {
      if (coefficient === undefined) this.pi = true;
      else this.divisors.add(stated(coefficient, where).d);
      this.divisors.add(200000n);
      argument = this.#like(z, 'argument', [coefficient ?? null]);
    }
    const logistic = this.#like(this.#like(argument, 'exp'), 'logistic');
    if (name === 'sigmoid') return logistic;
    return this.#like(z, name === 'softplus' ? 'log' : 'product', [logistic]);
  }

  #norm(layer, where, x) {
    const { kind, weight = true, bias = false, unitOffset = false } = layer;
    const { tokens, width: d } = this.nodes[x];
    const epsilon = stated(layer.epsilon ?? '0', where);
    const isPositive = epsilon.n > 0n || layer.epsilon === undefined;
    demand(isPositive, where, 'a positive epsilon, or none');
    demand(kind === 'rmsnorm' || d > 1, where, 'tokens of 2 coordinates');
    const isNamed = layer.label !== undefined || layer.tiedTo !== undefined;
    demand(weight || (!unitOffset && (bias || !isNamed)), where, 'a weight');
    // The roots of c·x, where c is the first coefficient of a combination, are |c| times those of x: one step.
    const [first = one] = this.terms[x].values();
    const scaled = times(epsilon, times(inverse(first), inverse(first)));
    let [inside, over] = [this.#sum([[x, inverse(first)]]), x];
    if (kind === 'layernorm')
      [inside, over] = [inside, over].map((y) =>
        this.#like(y, 'center', [], { parallel: this.parallel[y], length: d }),
      );
    for (const n of [BigInt(d), epsilon.d, first.n, scaled.d]) this.divisors.add(n);
    const roots = this.#node('roots', [inside, textOf(scaled)], { tokens, width: 1 }, { length: d });
    const size = textOf(first).replace('-', '');
    const y = this.#like(over, 'normalized', [roots, size], { parallel: this.#own(over) });
    const take = this.#named(layer, where, [kind, d, weight, bias]);
    const [gain, shift] = [take(1, d, weight), take(1, d, bias)];
    return gain === null && shift === null ? y : this.#scaled(y, gain, shift, gain === null || unitOffset);
  }

  #attention(layer, where, x) {
    const { normalization, headDim: a, valueDim: v = null, outputDim: out, numHeads: heads = 1 } = layer;
    const { numKeyValueHeads: groups = heads, causal, window, alibi, context } = layer;
    const { tokens: t, width: d } = this.nodes[x];
    const softmax = normalization === 'softmax';
    const isNone = normalization === 'none' && alibi === undefined;
    demand(softmax || isNone, where, 'softmax, or none without alibi');
    const isDefault = layer.numHeads === 1 || layer.numKeyValueHeads === heads;
    demand(!isDefault, where, 'no default values');
    const isGrouped = heads % groups === 0 && (groups === heads || v !== null);
    demand(isGrouped, where, 'groups of heads, and a valueDim if they share values');
    const bias = layer.bias ?? {};
    const biasFields = 'query:true? key:true? value:true? output:true?';
    const isStated = layer.bias === undefined || Object.keys(read(bias, where, biasFields)).length > 0;
    demand(isStated, where, 'no bias without a part');
    const isPlain = [causal, window, alibi, layer.rotary].every((field) => field === undefined);
    const hasContext = context === undefined || (isPlain && this.#context !== null);
    demand(hasContext, where, 'context, and no positions beside it');
    let rotary = null;
    if (layer.rotary !== undefined) {
      const { base, dim = a } = read(layer.rotary, `${where}.rotary`, 'base:size dim:size?');
      const fits = layer.rotary.dim !== a && dim % 2 === 0 && dim <= a && base > 1 && base < 2 ** 31;
      demand(fits, `${where}.rotary`, 'a base below 2^31 and an even dim below headDim');
      rotary = [base, dim];
      if (!this.rotaries.some(([b, n]) => b === base && n === dim)) this.rotaries.push(rotary);
    }
    const c = context ? this.#context : x;
    const { tokens: keys, width: dc } = this.nodes[c];
    const reach = Math.min(window ?? keys, keys) - 1;
    const mask = context ? [t - 1, keys - 1] : [reach, causal ? 0 : reach];
    const seesAll = mask[0] >= t - 1 && mask[1] >= keys - 1;
    const biases = Object.keys(bias).sort();
    const take = this.#named(layer, where, ['attention', d, dc, a, heads, groups, v, out, ...biases]);
    const turned = (y) => (rotary === null ? y : this.#like(y, 'rotation', rotary));
    const square = { tokens: t, width: keys };
    const mixed = [];
    let [k, values] = [0, 0];
    for (let h = 0; h < heads; h++) {
      const q = turned(this.#map(x, take(a, d), take(1, a, bias.query === true)));
      if (h % (heads / groups) === 0) {
        k = turned(this.#linear(c, take(a, dc), take(1, a, bias.key === true)));
        values = this.#linear(c, take(v ?? out, dc), take(1, v ?? out, bias.value === true));
      }
      let w = this.#node('scores', [q, k, ...mask], square, { length: 2 * a });
      let parallel = this.#own(values);
      if (softmax) {
        // e^s_ij = e^s_ji where queries and keys are parallel with the same coefficients.
        const isSame = this.parallel[q] !== null && this.parallel[q] === this.parallel[k];
        const args = [w, ...mask, isSame && mask[0] > 0 && mask[1] > 0, alibi ? h + 1 : 0, heads];
        w = this.#node('softmax', args, square, { length: keys });
      } else if (a === 1 && seesAll) parallel = this.parallel[q];
      const shape = { tokens: t, width: v ?? out };
      const y = this.#node('mix', [w, values, ...mask], shape, { parallel, length: 2 * keys });
      if (v !== null && heads === 1) return this.#map(y, take(out, v), take(1, out, bias.output === true));
      mixed.push(v === null ? y : this.#linear(y, take(out, v)));
    }
    const y = this.#sum(mixed.map((head) => [head, one]));
    const b = take(1, out, bias.output === true);
    return b === null ? y : this.#scaled(y, null, b, true);
  }

  // ---- What is drawn, and what must be independent (docs/point.md, "Steps" to "Independence") ----

  /** The numbers of the exponent arguments of a softmax by query and key, i·keys + j: none where there is one key only. */
  #numbers({ args: [, behind, ahead, isMutual], tokens, width }) {
    const numbers = new Map();
    let next = 0;
    for (let i = 0; i < tokens; i++) {
      const visible = sees(i, behind, ahead, width);
      if (visible.length === 1) continue;
      for (const j of visible) {
        const known = isMutual && j < i ? numbers.get(j * width + i) : undefined;
        numbers.set(i * width + j, known ?? next++);
      }
    }
    return { numbers, count: next };
  }

  /**
   * `draws`: what each step draws, a stream and a number; `source`: the last step on which a tensor depends, and whether its token i depends on
   * what is drawn there for token i alone; `checks`: for the arguments of each step those that must be independent together.
   */
  #steps() {
    const exponentials = [...this.nodes.keys()].filter((n) => this.nodes[n].op === 'exp');
    const { powers, first } = lattice(exponentials.map((n) => this.terms[this.nodes[n].args[0]]));
    const basis = first.map((k) => exponentials[k]);
    this.factors = new Map(
      exponentials.map((n, m) => [n, powers[m].map(([k, quotient]) => [basis[k], quotient])]),
    );
    [this.draws, this.numbers, this.roots, this.source] = [new Map(), new Map(), [], []];
    for (const [n, node] of this.nodes.entries()) {
      const { op, args, tokens, width } = node;
      let found = this.operands(n).map((x) => this.source[x]);
      if (op === 'scores' || op === 'mix') found[1] = { ...found[1], isLocal: false };
      if (op === 'softmax') {
        const { numbers, count } = this.#numbers(node);
        this.numbers.set(n, numbers);
        if (count > 0) this.draws.set(n, { stream: 'unit', count });
        found = [{ step: count > 0 ? n : -1, isLocal: !args[3] }];
      }
      if (op === 'exp') found = this.factors.get(n).map(([step]) => ({ step, isLocal: true }));
      if (op === 'tokens' || op === 'log') found = [{ step: n, isLocal: true }];
      const stream = { tokens: 'input', log: 'log', exp: basis.includes(n) ? 'unit' : undefined }[op];
      if (stream !== undefined) this.draws.set(n, { stream, count: tokens * width });
      const step = Math.max(-1, ...found.map((source) => source.step));
      this.source.push({ step, isLocal: found.every((source) => source.step < step || source.isLocal) });
      if (op === 'roots') this.roots.push(n);
    }
    /** Residues that an input draws. */
    this.drawn = [...this.draws.values()].reduce((sum, { count }) => sum + count, 0);
    const units = [...this.draws.keys()].filter((n) => this.draws.get(n).stream === 'unit');
    const logarithms = [...this.draws.keys()].filter((n) => this.draws.get(n).stream === 'log');
    this.checks = new Map(
      units.map((n) => {
        const before = [...units.filter((m) => m <= n), ...logarithms.filter((m) => m < n)];
        return [n, this.#isFresh(n, [...units, ...this.roots]) ? [n] : before];
      }),
    );
  }

  /** Whether the arguments are linear in parameters that nothing before their map reads, and no step before n depends on. */
  #isFresh(n, steps) {
    const { op, args } = this.nodes[n];
    let origin = op === 'softmax' ? this.nodes[args[0]].args[0] : [...this.terms[args[0]].keys()][0];
    if (op === 'softmax' && this.nodes[origin].op === 'rotation') [origin] = this.nodes[origin].args;
    const isMap = this.#maps.has(origin) && (op === 'softmax' || this.terms[args[0]].size === 1);
    if (!isMap || this.reads(origin).some((block) => this.#reader.get(block) !== origin)) return false;
    const [blocks, depends] = [new Set(this.reads(origin)), new Set()];
    spend(n - origin);
    for (let m = origin; m < n; m++) {
      const reads = this.reads(m).some((block) => blocks.has(block));
      if (reads || this.operands(m).some((x) => depends.has(x))) depends.add(m);
    }
    return !steps.some((step) => depends.has(step));
  }
}

/** The keys that a query sees. */
function sees(i, behind, ahead, keys) {
  const first = Math.max(0, i - behind);
  return Array.from({ length: Math.min(keys, i + ahead + 1) - first }, (_, j) => first + j);
}

// ---- Values and derivatives at a point (docs/point.md, "Streams" and "Values") ----

/** The residues of one domain of a seed. */
function* stream(p, seed, domain, zeros = domain !== 'unit') {
  const [prime, of] = [BigInt(p), typeof p === 'number' ? Number : BigInt];
  const limit = (2n ** 64n / prime) * prime;
  for (let counter = 0; ; counter++) {
    const block = sha256(new TextEncoder().encode(`dimcert/1/${domain}/${seed}/${counter}`));
    for (let i = 0; i < 8; i += 2) {
      const word = (BigInt(block[i] >>> 0) << 32n) | BigInt(block[i + 1] >>> 0);
      if (word < limit && (zeros || word % prime !== 0n)) yield of(word % prime);
    }
  }
}

const take = (residues, count) => Array.from({ length: count }, () => residues.next().value);

class NoInverse extends Error {}

/** Everything that the seed draws modulo p, and at each input all entries of tensors with their partial derivatives. */
class Point {
  input = -1;
  radicands = [];

  constructor(net, p, seed) {
    this.net = net;
    this.p = p < 2n ** 26n ? Number(p) : p;
    this.of = typeof this.p === 'number' ? Number : BigInt;
    [this.zero, this.one] = [this.of(0), this.of(1)];
    this.seed = seed;
    this.at = net.base.map((base) => net.parameters + base);
    const zeros = Array.from({ length: net.base.at(-1) }, () => this.zero);
    this.val = [...take(this.#stream('theta'), net.parameters), ...zeros];
    this.streams = Object.fromEntries(['input', 'unit', 'log'].map((name) => [name, this.#stream(name)]));
    this.c = net.pi ? this.#stream('constant', false).next().value : null;
    this.#residues = new Map();
    this.#turns = this.#drawTurns(rotaryTurns(net.rotaries));
  }

  #residues;
  #turns;

  #stream(domain, zeros) {
    return stream(this.p, this.seed, domain, zeros);
  }

  mod(x) {
    const rest = x % this.p;
    return rest < 0 ? rest + this.p : rest;
  }

  inverse(x) {
    if (x === this.zero) throw new NoInverse();
    return power(x, BigInt(this.p) - 2n, this.p);
  }

  /** Of a fraction in its text, whose denominator p does not divide. */
  residue(text) {
    if (!this.#residues.has(text)) {
      const [n, d = 1n] = parts(text).map((part) =>
        this.of(((part % BigInt(this.p)) + BigInt(this.p)) % BigInt(this.p)),
      );
      this.#residues.set(text, (n * (d === 1n ? this.one : this.inverse(d))) % this.p);
    }
    return this.#residues.get(text);
  }

  /** Cosine and sine by base, dim, token and pair of coordinates. */
  #drawTurns(rotaries) {
    const { p, one } = this;
    const times = ([c, s], [d, r]) => [this.mod(c * d - ((s * r) % p)), (((c * r) % p) + s * d) % p];
    const turn = (x, n) => {
      let [result, square] = [[one, this.zero], x];
      for (let rest = n; rest > 0n; rest >>= 1n, square = times(square, square))
        if (rest & 1n) result = times(result, square);
      return result;
    };
    const [circle, points, table] = [this.#stream('circle', false), [], new Map()];
    while (rotaries.some(({ angles }) => angles.some(({ group }) => group >= points.length))) {
      const tau = circle.next().value;
      const square = (tau * tau) % p;
      if (square === p - one) continue;
      const inverse = this.inverse(one + square);
      points.push([(this.mod(one - square) * inverse) % p, (((tau + tau) % p) * inverse) % p]);
    }
    for (const { base, dim, angles } of rotaries)
      for (const [m, { group, multiple }] of angles.entries()) {
        const step = turn(points[group], multiple);
        let at = [one, this.zero];
        for (let i = 0; i < this.net.nodes[0].tokens; i++, at = times(at, step))
          table.set(`${base} ${dim} ${i} ${m}`, at);
      }
    return table;
  }

  draw() {
    this.input++;
    this.drawn = new Map();
    for (const [n, { stream: name, count }] of this.net.draws)
      this.drawn.set(n, take(this.streams[name], count));
  }

  /** Computes all tensors at the input that was drawn; false if it is skipped. `observe(n)` is told of each that is reached. */
  evaluate(observe = () => {}) {
    const { net } = this;
    const again = this.#stream(`redraw-${this.input}`);
    this.partial = [];
    let [redraws, reached] = [0, -1];
    for (let n = 0; n < net.nodes.length; n++) {
      let isDefined = true;
      try {
        this.#compute(n);
      } catch (error) {
        if (!(error instanceof NoInverse)) throw error;
        isDefined = false;
      }
      if (n > reached) observe((reached = n));
      if (!isDefined) return false;
      const { op, tokens } = net.nodes[n];
      const lost =
        op === 'roots' ? [...Array(tokens).keys()].filter((i) => this.val[this.at[n] + i] === this.zero) : [];
      if (lost.length === 0) continue;
      // Drawn again where token i of the radicands depends on token i alone; else there is no such input.
      const { step, isLocal } = net.source[n];
      if (step < 0 || !isLocal || redraws++ === 64) return false;
      afford('certificate.network', (net.again += inputWork(net)));
      const { op: drawing, width } = net.nodes[step];
      for (const i of lost)
        for (const k of drawing === 'softmax' ? net.numbers.get(step) : Array(width).entries()) {
          if (drawing === 'softmax' && Math.floor(k[0] / width) !== i) continue;
          let residue = again.next().value;
          while (residue === this.zero && net.draws.get(step).stream === 'unit') residue = again.next().value;
          this.drawn.get(step)[drawing === 'softmax' ? k[1] : i * width + k[0]] = residue;
        }
      n = step - 1;
    }
    return true;
  }

  /** Sets an entry and its partial derivatives: a list of entry, residue, entry, residue, …. */
  #set(e, value, partial) {
    this.val[e] = this.mod(value);
    this.partial[e] = partial;
  }

  /** The sum of products of entries (pairs e, f) and of multiples of entries (pairs e, residue). */
  #setSum(e, products, multiples) {
    const { val, p } = this;
    const partial = [];
    let value = this.zero;
    for (let i = 0; i < products.length; i += 2) {
      const [f, g] = [products[i], products[i + 1]];
      value = (value + val[f] * val[g]) % p;
      partial.push(f, val[g], g, val[f]);
    }
    for (let i = 0; i < multiples.length; i += 2) {
      value = (value + val[multiples[i]] * multiples[i + 1]) % p;
      partial.push(multiples[i], multiples[i + 1]);
    }
    this.#set(e, value, partial);
  }

  #compute(n) {
    const { op, args, tokens, width } = this.net.nodes[n];
    if (op === 'softmax') this.#softmax(n);
    else if (op === 'roots') this.#roots(n);
    else
      for (let i = 0; i < tokens; i++)
        for (let c = 0; c < width; c++) {
          const e = this.at[n] + i * width + c;
          if (op === 'tokens') this.#set(e, this.drawn.get(n)[i * width + c], []);
          else if (op in sums) this.#setSum(e, ...sums[op](this, i, c, ...args));
          else this.#pointwise(op, n, args, e, i, i * width + c);
        }
  }

  /** The number of an entry of a tensor, and of a block of parameters. */
  entry(x, i, c) {
    return this.at[x] + i * this.net.nodes[x].width + c;
  }
  weight(block, r, c) {
    return this.net.blocks[block].first + r * this.net.blocks[block].cols + c;
  }
  turn(base, dim, i, m) {
    return this.#turns.get(`${base} ${dim} ${i} ${m}`);
  }

  #softmax(n) {
    const { args, tokens, width } = this.net.nodes[n];
    const [scores, behind, ahead] = args;
    const [numbers, units, { p }] = [this.net.numbers.get(n), this.drawn.get(n), this];
    for (let i = 0; i < tokens; i++) {
      const visible = sees(i, behind, ahead, width);
      const exponentials = visible.map((j) =>
        visible.length > 1 ? units[numbers.get(i * width + j)] : this.one,
      );
      const inverse = this.inverse(exponentials.reduce((sum, x) => (sum + x) % p, this.zero));
      const weights = exponentials.map((x) => (x * inverse) % p);
      for (let j = 0; j < width; j++) this.#set(this.entry(n, i, j), this.zero, []);
      for (const [m, j] of visible.entries()) {
        const by = (k) => (weights[m] * this.mod((k === m ? this.one : this.zero) - weights[k])) % p;
        const partial =
          visible.length === 1 ? [] : visible.flatMap((key, k) => [this.entry(scores, i, key), by(k)]);
        this.#set(this.entry(n, i, j), weights[m], partial);
      }
    }
  }

  #roots(n) {
    const { p, val } = this;
    const [x, epsilon] = this.net.nodes[n].args;
    const d = this.net.nodes[x].width;
    const mean = this.inverse(this.residue(String(d)));
    this.radicands = [];
    for (let i = 0; i < this.net.nodes[n].tokens; i++) {
      const entries = Array.from({ length: d }, (_, c) => this.entry(x, i, c));
      const squares = entries.reduce((sum, e) => (sum + val[e] * val[e]) % p, this.zero);
      const u = (squares * mean + this.residue(epsilon)) % p;
      this.radicands.push(u);
      const root = squareRoot(u, p);
      const factor = root === this.zero ? root : (mean * this.inverse(root)) % p;
      this.#set(
        this.at[n] + i,
        root,
        entries.flatMap((e) => [e, (val[e] * factor) % p]),
      );
    }
  }

  /** The entry number k, of token i, of a function of the entry z of its first operand. */
  #pointwise(op, n, args, e, i, k) {
    const { net, p, one } = this;
    const from = this.at[args[0]] + k;
    const z = this.val[from];
    const two = (one + one) % p;
    switch (op) {
      case 'power': {
        const below = power(z, args[1] - 1, p);
        return this.#set(e, (below * z) % p, [from, (this.residue(String(args[1])) * below) % p]);
      }
      case 'argument': {
        // Of tanh-GELU: 2c(z + 0.044715z³).
        const c = (two * (args[1] === null ? this.c : this.residue(args[1]))) % p;
        const square = (((z * z) % p) * this.residue('8943/200000')) % p;
        const slope = (one + square + square + square) % p;
        return this.#set(e, c * ((z + square * z) % p), [from, (c * slope) % p]);
      }
      case 'exp': {
        const factor = ([step, n]) =>
          n < 0n ? this.inverse(power(this.drawn.get(step)[k], -n, p)) : power(this.drawn.get(step)[k], n, p);
        const value = net.factors.get(n).reduce((product, unit) => (product * factor(unit)) % p, one);
        return this.#set(e, value, [from, value]);
      }
      case 'logistic': {
        // E/(1 + E)
        const inverse = this.inverse((one + z) % p);
        return this.#set(e, z * inverse, [from, (inverse * inverse) % p]);
      }
      case 'hyperbolic': {
        // (E − 1)/(E + 1)
        const inverse = this.inverse((one + z) % p);
        return this.#set(e, this.mod(z - one) * inverse, [from, (((two * inverse) % p) * inverse) % p]);
      }
      case 'log':
        // log(1 + e^z), whose derivative is the logistic function.
        return this.#set(e, this.drawn.get(n)[k], [from, this.val[this.at[args[1]] + k]]);
      case 'normalized': {
        // x/(f·r)
        const r = this.at[args[1]] + i;
        const inverse = this.inverse((this.residue(args[2]) * this.val[r]) % p);
        const value = (z * inverse) % p;
        return this.#set(e, value, [from, inverse, r, this.mod(-((value * this.inverse(this.val[r])) % p))]);
      }
    }
  }

  /** The derivatives of an entry by all parameters: the chain rule, from the last tensor back. */
  gradient(e) {
    const { p, partial } = this;
    const by = Array(e + 1).fill(this.zero);
    by[e] = this.one;
    for (let at = e; at >= this.net.parameters; at--) {
      if (by[at] === this.zero) continue;
      const [list, factor] = [partial[at], by[at]];
      for (let i = 0; i < list.length; i += 2) by[list[i]] = (by[list[i]] + factor * list[i + 1]) % p;
    }
    return by;
  }

  /** The derivatives of all entries in a direction of the parameters. */
  along(direction) {
    const { p, partial } = this;
    const by = direction.slice();
    for (let at = this.net.parameters; at < this.val.length; at++) {
      const list = partial[at];
      let sum = this.zero;
      for (let i = 0; i < list.length; i += 2) sum = (sum + by[list[i]] * list[i + 1]) % p;
      by.push(sum);
    }
    return by;
  }
}

const range = (length, f) => Array.from({ length }, (_, n) => f(n)).flat();

/** Of an entry (i, c): the pairs of entries of which the products, and the entries with the factors of which the multiples are added up. */
const sums = {
  sum: (at, i, c, ...terms) => [[], terms.flatMap(([x, factor]) => [at.entry(x, i, c), at.residue(factor)])],
  linear: (at, i, o, x, w, b, flip) => [
    range(at.net.nodes[x].width, (c) => [at.entry(x, i, c), flip ? at.weight(w, c, o) : at.weight(w, o, c)]),
    b === null ? [] : [at.weight(b, 0, o), at.one],
  ],
  scaled: (at, i, c, x, gain, shift, unit) => [
    gain === null ? [] : [at.entry(x, i, c), at.weight(gain, 0, c)],
    [
      ...(unit ? [at.entry(x, i, c), at.one] : []),
      ...(shift === null ? [] : [at.weight(shift, at.net.blocks[shift].rows > 1 ? i : 0, c), at.one]),
    ],
  ],
  center: (at, i, c, x) => {
    const { width } = at.net.nodes[x];
    const mean = at.inverse(at.residue(String(width)));
    return [[], range(width, (k) => [at.entry(x, i, k), at.mod((k === c ? at.one : at.zero) - mean)])];
  },
  product: (at, i, c, x, y) => [[at.entry(x, i, c), at.entry(y, i, c)], []],
  scores: (at, i, j, q, k, behind, ahead) => {
    const isVisible = i - behind <= j && j <= i + ahead;
    const pairs = (c) => [at.entry(q, i, c), at.entry(k, j, c)];
    return [isVisible ? range(at.net.nodes[q].width, pairs) : [], []];
  },
  mix: (at, i, c, w, v, behind, ahead) => {
    const visible = sees(i, behind, ahead, at.net.nodes[v].tokens);
    return [visible.flatMap((j) => [at.entry(w, i, j), at.entry(v, j, c)]), []];
  },
  rotation: (at, i, c, x, base, dim) => {
    // (u, v) ↦ (u cos − v sin, u sin + v cos) on the coordinates 2m, 2m + 1.
    const e = at.entry(x, i, c);
    if (c >= dim) return [[], [e, at.one]];
    const [cos, sin] = at.turn(base, dim, i, Math.floor(c / 2));
    return [[], c % 2 === 0 ? [e, cos, e + 1, at.mod(-sin)] : [e, cos, e - 1, sin]];
  },
};

/** For each rotary layer its frequencies base^(−2m/dim), as classes of those with rational ratios, and their multiples in them. */
function rotaryTurns(rotaries) {
  const [groups, common] = [new Map(), []];
  const found = rotaries.map(([base, dim]) => {
    const primes = new Map();
    for (let [q, rest] = [2, base]; rest > 1; q = q * q > rest ? Math.max(rest, q + 1) : q + 1)
      for (; rest % q === 0; rest /= q) primes.set(q, (primes.get(q) ?? 0) + 1);
    const angles = Array.from({ length: dim / 2 }, (_, m) => {
      const exponents = [...primes].map(([q, n]) => [BigInt(q), fraction(BigInt(-2 * m * n), BigInt(dim))]);
      const part = (x) => (((x.n % x.d) + x.d) % x.d === 0n ? '' : `${((x.n % x.d) + x.d) % x.d}/${x.d}`);
      const key = exponents
        .map(([q, x]) => (part(x) === '' ? '' : `${q}^${part(x)}`))
        .filter(Boolean)
        .join();
      if (!groups.has(key)) groups.set(key, groups.size);
      const group = groups.get(key);
      // The frequency is this fraction times that of its class; its numerator is 1, as no exponent is positive.
      const below = exponents.reduce((product, [q, x]) => product * q ** -floor(x).n, 1n);
      const shared = common[group] ?? 1n;
      common[group] = (shared / gcd(shared, below)) * below;
      return { group, below };
    });
    return { base, dim, angles };
  });
  const whole = ({ group, below }) => ({ group, multiple: common[group] / below });
  return found.map(({ base, dim, angles }) => ({ base, dim, angles: angles.map(whole) }));
}

const isSquare = (u, p) => power(u, (BigInt(p) - 1n) / 2n, p) === p / p;

/** The root that is at most (p − 1)/2; 0 if there is none (Tonelli and Shanks). */
function squareRoot(u, p) {
  const [zero, one] = [p - p, p / p];
  if (u === zero || !isSquare(u, p)) return zero;
  let [odd, order] = [BigInt(p) - 1n, 0];
  for (; odd % 2n === 0n; odd /= 2n) order++;
  let z = one + one;
  while (isSquare(z, p)) z += one;
  z = power(z, odd, p);
  let [root, rest] = [power(u, (odd + 1n) / 2n, p), power(u, odd, p)];
  while (rest !== one) {
    let k = 0;
    for (let x = rest; x !== one; x = (x * x) % p) k++;
    const step = power(z, 2n ** BigInt(order - k - 1), p);
    [z, order] = [(step * step) % p, k];
    [root, rest] = [(root * step) % p, (rest * z) % p];
  }
  return root > p - root ? p - root : root;
}

// ---- The evidence (docs/certificate.md) ----

/** Rows modulo p, brought to echelon form as they come; `determinant` is theirs, if they are as many as their columns. */
class Echelon {
  rows = [];

  constructor(p) {
    this.p = p;
    this.determinant = p / p;
  }

  /** Whether a row is independent of those before it. */
  add(entries) {
    const { p, rows } = this;
    const zero = p - p;
    const row = typeof p === 'number' ? Float64Array.from(entries) : entries.slice();
    for (const { pivot, row: other } of rows)
      if (row[pivot] !== zero) this.#subtract(row, row[pivot], other, pivot);
    const pivot = row.findIndex((x) => x !== zero);
    if (pivot < 0) return false;
    const isOdd = rows.filter((other) => other.pivot > pivot).length % 2 === 1;
    this.determinant = (this.determinant * (isOdd ? p - row[pivot] : row[pivot])) % p;
    const inverse = power(row[pivot], BigInt(p) - 2n, p);
    for (let j = pivot; j < row.length; j++) row[j] = (row[j] * inverse) % p;
    rows.push({ pivot, row });
    return true;
  }

  /** row − factor·other, from a column on. Of numbers below 2²⁶ quotients by p are rounded, and off by one at most. */
  #subtract(row, factor, other, from) {
    const { p } = this;
    const negative = p - factor;
    if (typeof p === 'bigint') {
      for (let j = from; j < row.length; j++) row[j] = (row[j] + negative * other[j]) % p;
      return;
    }
    const reciprocal = 1 / p;
    for (let j = from; j < row.length; j++) {
      const x = row[j] + negative * other[j];
      const rest = x - Math.floor(x * reciprocal) * p;
      row[j] = rest < 0 ? rest + p : rest >= p ? rest - p : rest;
    }
  }
}

const afford = (where, operations, entries = 0, residues = 0) => {
  const isCheap = operations < mostOperations && entries < mostEntries && residues < mostResidues;
  demand(isCheap, where, 'less work');
};
const isAdmissible = (net, p) =>
  isPrime(p) && p > BigInt(net.exponent) && [...net.divisors].every((n) => n % p !== 0n);

function admissible(net, text, where) {
  const words = 'a prime, above exponents, that divides no denominator';
  demand(isAdmissible(net, BigInt(text)), `${where}.prime`, words);
  return BigInt(text);
}
const seedOf = (point, where) => BigInt(read(point, `${where}.point`, 'seed:seed').seed);
/** What an input costs: its values and derivatives. */
const inputWork = (net) => 2 ** 10 + net.work * 2 ** 5;

/** Ax's theorem, and Kummer theory for roots: what must be independent has full rank modulo a prime, so it has full rank. */
function checkIndependence(net, evidence, where) {
  const isNeeded = net.checks.size > 0 || net.roots.length > 0;
  demand(
    isNeeded === (evidence !== undefined),
    where,
    'evidence if and only if something must be independent',
  );
  if (!isNeeded) return;
  read(evidence, where, pointFields + 'inputs:size parameters:size?');
  const { inputs, parameters: points = 1 } = evidence;
  demand(evidence.parameters !== 1, where, 'no default value');
  const seed = seedOf(evidence.point, where);
  const p = admissible(net, evidence.prime, where);
  const width = (parts) => parts.reduce((sum, part) => sum + net.draws.get(part).count, points);
  const widths = [...net.checks.values()].map(width);
  const eliminations = widths.reduce((sum, w) => sum + w * w, 0);
  const work = points * inputs * (inputWork(net) + eliminations);
  afford(where, work, net.parameters + eliminations, points * (net.parameters + inputs * net.drawn));
  const matrices = new Map(
    [...net.checks.keys()].map((n) => [n, new Echelon(p < 2n ** 26n ? Number(p) : p)]),
  );
  for (const n of net.roots) matrices.set(n, new Echelon(2));
  for (let m = 0; m < points; m++) {
    const at = new Point(net, p, seed + BigInt(m));
    const ofPoint = (one) => Array.from({ length: points }, (_, k) => (k === m ? one : one - one));
    const observe = (n) => {
      if (net.checks.has(n))
        matrices
          .get(n)
          .add([...ofPoint(at.one), ...net.checks.get(n).flatMap((part) => argumentsOf(net, at, part))]);
      else if (net.roots.includes(n) && !at.radicands.includes(at.zero))
        matrices.get(n).add([...ofPoint(1), ...at.radicands.map((u) => Number(!isSquare(u, at.p)))]);
    };
    for (let input = 0; input < inputs; input++) {
      at.draw();
      at.evaluate(observe);
    }
  }
  const wanted = [...widths, ...net.roots.map((n) => points + net.nodes[n].tokens)];
  const isFull = [...matrices.values()].every(({ rows }, k) => rows.length === wanted[k]);
  demand(isFull, where, 'independent exponent arguments and radicands');
}

/** The exponent arguments of a step, or its logarithms. */
function argumentsOf(net, at, n) {
  const { op, args, tokens, width } = net.nodes[n];
  const first = at.at[op === 'log' ? n : args[0]];
  if (op !== 'softmax') return at.val.slice(first, first + tokens * width);
  const row = [];
  for (const [place, k] of [...net.numbers.get(n)].reverse()) row[k] = at.val[first + place];
  return row;
}

/** The minor is not 0: by elimination, or by a witness, if it is quick, which a singular one has with probability 2⁻¹²⁸ only. */
function checkLower(net, certificate, quick) {
  const [where, lower] = ['certificate.lowerBound', certificate.lowerBound];
  const fields = 'method:any rows:indices columns:indices determinant:decimal retries:list witness:any?';
  read(lower, where, pointFields + fields);
  for (const [i, retry] of lower.retries.entries())
    read(retry, `${where}.retries[${i}]`, 'prime:decimal seed:seed rank:count');
  const { rows, columns, witness } = lower;
  const { tokens, width } = net.nodes[net.output];
  const [r, p, seed] = [rows.length, admissible(net, lower.prime, where), seedOf(lower.point, where)];
  const isClaimed = columns.length === r && certificate.claim.lower === r;
  demand(lower.method === 'jacobian-minor' && isClaimed, where, 'a minor of the order claimed');
  demand(r === 0 || columns[r - 1] < net.parameters, `${where}.columns`, `columns below ${net.parameters}`);
  const determinant = BigInt(lower.determinant);
  demand(determinant > 0n && determinant < p, `${where}.determinant`, 'a residue that is not 0');
  let least = 0;
  while (p ** BigInt(least) <= 2n ** 128n) least++;
  const solutions =
    witness === undefined ? [] : read(witness, `${where}.witness`, 'method:any solutions:list').solutions;
  if (witness !== undefined) {
    const hasSizes = solutions.length === least && solutions.every((x) => Array.isArray(x) && x.length === r);
    demand(
      witness.method === 'solutions' && hasSizes,
      `${where}.witness`,
      `${least} solutions, of ${r} residues`,
    );
    const isResidue = (x) => typeof x === 'string' && new RegExp(`^${count(19)}$`).test(x) && BigInt(x) < p;
    demand(
      solutions.every((x) => x.every(isResidue)),
      `${where}.witness`,
      'residues',
    );
  }
  const rowsPerInput = tokens * width;
  const inputs = r === 0 ? 0 : Math.floor(rows[r - 1] / rowsPerInput) + 1;
  const gradients = quick ? 0 : 8 * Math.min(r, rowsPerInput) * (net.work + net.parameters);
  const each = inputWork(net) + 8 * solutions.length * net.work + gradients;
  const elimination = (quick ? 0 : r ** 3) * (p < 2n ** 26n ? 1 : 2 ** 5);
  const entries = (1 + solutions.length) * net.parameters + r ** 2;
  afford(where, Math.min(r, inputs) * each + elimination, entries, net.parameters + inputs * net.drawn);

  const at = new Point(net, p, seed);
  const minor = new Echelon(at.p);
  // Nobody chose the right-hand sides: they are the hash of all that the minor is computed from.
  const { digest: _, ...body } = certificate;
  const { witness: __, ...evidence } = lower;
  const sides = stream(at.p, digest({ ...body, lowerBound: evidence }), 'witness');
  const systems = solutions.map((x) => {
    const direction = Array(net.parameters).fill(at.zero);
    for (const [c, column] of columns.entries()) direction[column] = at.of(x[c]);
    return { direction, side: take(sides, r) };
  });
  let along = [];
  for (const [place, row] of rows.entries()) {
    const input = Math.floor(row / rowsPerInput);
    if (input > at.input) {
      while (at.input < input) at.draw();
      demand(at.evaluate(), `${where}.rows[${place}]`, 'a row of an input that is not skipped');
      along = systems.map(({ direction }) => at.along(direction));
    }
    const e = at.at[net.output] + (row % rowsPerInput);
    const isSolved = systems.every(({ side }, j) => along[j][e] === side[place]);
    demand(isSolved, `${where}.witness`, 'solutions');
    if (quick) continue;
    const gradient = at.gradient(e);
    const isIndependent = minor.add(columns.map((column) => gradient[column]));
    demand(isIndependent, `${where}.rows[${place}]`, 'a row independent of those before');
  }
  demand(quick || BigInt(minor.determinant) === determinant, `${where}.determinant`, minor.determinant);
  return { p, bits: (p ** BigInt(least)).toString(2).length - 1 };
}

/** A number from 2^25 to 2^26, and a seed, at random. */
function randomPoint(net) {
  for (;;) {
    const words = globalThis.crypto.getRandomValues(new Uint32Array(5));
    const p = BigInt(2 ** 25 + (words[4] >>> 7));
    if (isAdmissible(net, p))
      return { p, seed: words.subarray(0, 4).reduce((seed, word) => (seed << 32n) | BigInt(word), 0n) };
  }
}

/** The rank of the Jacobian at a random point is at most the dimension: a rank above a bound refutes it. */
function ownRun(net, upper, inputs, where) {
  const { tokens, width } = net.nodes[net.output];
  for (;;) {
    const { p, seed } = randomPoint(net);
    const [at, echelon] = [new Point(net, p, seed), new Echelon(Number(p))];
    for (let input = 0; ; input++) {
      at.draw();
      if (!at.evaluate()) {
        if (net.roots.length > 0) continue;
        break;
      }
      const before = echelon.rows.length;
      for (let output = 0; output < tokens * width; output++) {
        echelon.add(at.gradient(at.at[net.output] + output).slice(0, net.parameters));
        demand(
          echelon.rows.length <= upper,
          where,
          'an upper bound: this one is refuted by a rank at a random point',
        );
      }
      if (echelon.rows.length === before) return;
      demand(inputs === undefined || input < inputs, `${where}.inputs`, 'a rank that stays after them');
    }
  }
}

/** Recomputes the upper bound of the claim from the network alone. */
function checkUpper(net, { network, upperBound: upper, claim }) {
  const where = 'certificate.upperBound';
  const plain = ['kind', 'normalization', 'headDim', 'valueDim', 'outputDim', 'causal', 'label'];
  const isStack = net.stack.every(
    (layer) => layer !== null && Object.keys(layer).every((key) => plain.includes(key)),
  );
  const methods = isStack
    ? { 'closed-form': 'terms:any' }
    : { gauge: pointFields + 'rank:count', ambient: '' };
  const isKnown = isObject(upper) && typeof upper.method === 'string' && Object.hasOwn(methods, upper.method);
  demand(isKnown, `${where}.method`, 'a method for this network');
  const { method, statement } = read(upper, where, `method:any statement:text ${methods[upper.method]}`);
  let found;
  if (method === 'closed-form') {
    const terms = closedForm(network.inputDim, network.sequenceLength, net.stack);
    demand(canonical(upper.terms) === canonical(terms), `${where}.terms`, canonical(terms));
    found = {
      statement:
        'closed form for stacks of single-head attention layers (docs/closed-form.md): upper = scores + flag + output - scales',
      bound: terms.scores + terms.flag + terms.output - terms.scales,
    };
  } else if (method === 'gauge') {
    seedOf(upper.point, where);
    demand(admissible(net, upper.prime, where) < 2n ** 26n, `${where}.prime`, 'a prime below 2^26');
    found = {
      statement:
        'parameters less the rank of the known symmetries at a point (docs/gauge.md): upper = parameters - rank',
      bound: net.parameters - upper.rank,
    };
  } else {
    found = { statement: 'the number of parameters', bound: net.parameters };
    if (statement !== found.statement) found = polynomialMaps(net, network.inputDim);
  }
  demand(statement === found.statement, `${where}.statement`, found.statement);
  demand(claim.upper === found.bound, 'certificate.claim.upper', found.bound);
  return method;
}

/** In the letters of docs/closed-form.md, which proves it. */
function closedForm(inputDim, t, stack) {
  const l = stack.length;
  const of = (f) => [0, ...stack.map(f)];
  const softmax = of(({ normalization }) => normalization === 'softmax');
  const [d, a] = [of(({ outputDim }) => outputDim), of(({ headDim }) => headDim)];
  d[0] = inputDim;
  const w = of(({ outputDim, valueDim = outputDim }) => Math.min(outputDim, valueDim));
  const e = w.slice();
  for (let i = l - 1; i > 0; i--)
    e[i] = Math.min(w[i], (softmax[i + 1] && t === 1 ? 0 : 2 * a[i + 1]) + e[i + 1]);
  const r = [inputDim];
  for (let i = 1; i < l; i++) r[i] = Math.min(r[i - 1], e[i]);
  const alpha = of((layer, i) => Math.min(layer.headDim, r[i]));
  const single = (i) => alpha[i] === 1 && !softmax[i] && !stack[i - 1].causal;
  let k = t === 1 ? 0 : 1;
  while (k > 0 && k < l && !single(k)) k++;
  let [scores, flag, scales] = [0, 0, 0];
  for (let i = 1; i <= l; i++) {
    const s = Math.min(2 * a[i], r[i - 1]);
    const symmetric = s * r[i - 1] - (s * (s - 1)) / 2;
    if (!softmax[i] || t > 1) scores += i <= k ? alpha[i] * (2 * r[i - 1] - alpha[i]) : symmetric;
    if (i < l) flag += r[i] * (r[i - 1] - r[i]);
    if (!softmax[i]) scales++;
  }
  const rho = Math.min(w[l], r[l - 1]);
  return { scores, flag, output: rho * (d[l] + r[l - 1] - rho), scales };
}

/** The space of all polynomial maps of a token with the degrees that the operations give (docs/gauge.md). */
function polynomialMaps(net, d) {
  const degrees = [];
  const sums = (a, b) => new Set([...a].flatMap((x) => [...b].map((y) => x + y)).slice(0, 2 ** 20));
  for (const [n, { op, args }] of net.nodes.entries()) {
    const known = net.operands(n).map((x) => degrees[x]);
    let found = args[0] === 'input' ? new Set([1]) : null;
    if (['sum', 'linear', 'scaled', 'center', 'product', 'power'].includes(op) && !known.includes(null)) {
      found = new Set(known.flatMap((part) => [...part]));
      if (['linear', 'scaled'].includes(op) && args[2] !== null) found.add(0);
      if (op === 'product') found = sums(...known);
      if (op === 'power' && found.size === 1) found = new Set([...found].map((k) => k * args[1]));
      else if (op === 'power') {
        const step = found;
        found = args[1] <= 64 ? new Set([0]) : null;
        for (let m = 0; found !== null && m < args[1]; m++)
          found = found.size > 2 ** 10 ? found : sums(found, step);
      }
    }
    degrees.push(found !== null && found.size <= 64 && Math.max(0, ...found) <= 2 ** 30 ? found : null);
  }
  const found = degrees[net.output];
  demand(found !== null, 'certificate.upperBound.statement', 'the number of parameters');
  const sorted = [...found].sort((a, b) => a - b);
  demand(
    sorted.every((k) => Math.min(k, d - 1) < 64),
    'certificate.upperBound',
    'fewer monomials',
  );
  const monomials = (k) => {
    let product = 1n;
    const least = Math.min(k, d - 1);
    for (let n = 1; n <= least; n++) product = (product * BigInt(d + k - 1 - least + n)) / BigInt(n);
    return product;
  };
  const { tokens, width } = net.nodes[net.output];
  const hasPositions = net.nodes.some(
    ({ op, args }) => op === 'scaled' && args[2] !== null && net.blocks[args[2]].rows > 1,
  );
  const copies = hasPositions ? tokens : 1;
  const space = sorted.reduce((sum, k) => sum + monomials(k), 0n) * BigInt(width * copies);
  const words = `all polynomial maps of a token: degrees ${sorted.join(', ')} in ${d} variables, ${width} coordinates`;
  return { statement: words + (copies > 1 ? `, ${copies} tokens` : ''), bound: Number(space) };
}

function checkProbable({ probableUpperBound: bound, claim }) {
  const where = 'certificate.probableUpperBound';
  read(bound, where, pointFields + 'method:any statement:any upper:count errorProbability:text inputs:count');
  seedOf(bound.point, where);
  const statement =
    'Monte Carlo: at a random point modulo a random prime one more input does not raise the rank of the Jacobian (docs/monte-carlo.md)';
  demand(bound.method === 'probabilistic' && bound.statement === statement, where, statement);
  const prime = BigInt(bound.prime);
  demand(
    prime > 2n ** 60n && prime < 2n ** 61n && isPrime(prime),
    `${where}.prime`,
    'a prime from 2^60 to 2^61',
  );
  const isBetween = claim.lower <= bound.upper && bound.upper < claim.upper && bound.inputs <= bound.upper;
  demand(isBetween, where, 'a bound between those of the claim');
  demand(
    /^2\^-[1-9][0-9]{0,14}$/.test(bound.errorProbability),
    `${where}.errorProbability`,
    'a power of two',
  );
}

function checkDimension(certificate, quick) {
  const where = 'certificate';
  const optional = 'independence:any? probableUpperBound:any?';
  read(
    certificate,
    where,
    `format:any version:any kind:text network:any claim:any lowerBound:any upperBound:any digest:any ${optional}`,
  );
  const claim = read(
    certificate.claim,
    `${where}.claim`,
    'parameters:count lower:count upper:count exact:boolean',
  );
  const net = new Network(certificate.network);
  const [proved, probable, open] = [[], [], []];
  const { lower, upper, exact } = claim;
  demand(claim.parameters === net.parameters, `${where}.claim.parameters`, net.parameters);
  demand(lower <= upper, `${where}.claim.lower`, `at most ${upper}`);
  demand(exact === (lower === upper), `${where}.claim.exact`, lower === upper);
  // log(1 + e^−u) = log(1 + e^u) − u, and log(1 + e^0) is a number.
  const logs = net.nodes.filter(({ op }) => op === 'log').map(({ args }) => net.terms[args[0]]);
  const key = (u) =>
    JSON.stringify([...u].sort(([a], [b]) => a - b).map(([atom, factor]) => [atom, textOf(factor)]));
  const met = new Set(logs.map(key));
  const isNew = logs.every((u) => u.size > 0 && !met.has(key(plus(new Map(), minus, u))));
  demand(isNew, `${where}.network`, 'softplus of no 0, and not of u and -u');
  const method = checkUpper(net, certificate);
  const stated = certificate.probableUpperBound;
  if (stated !== undefined) checkProbable(certificate);
  checkIndependence(net, certificate.independence, `${where}.independence`);
  const { p, bits } = checkLower(net, certificate, quick);
  const minor = `dimension at least ${lower}: a minor of that order of the Jacobian is not 0 modulo ${p}`;
  if (quick)
    probable.push(
      `${minor}; error probability at most 2^-${bits}, if SHA-256 behaves like a random function`,
    );
  else proved.push(minor);
  if (certificate.independence !== undefined)
    proved.push('independence of exponentials and square roots, on which the lower bound rests');
  const { tokens, width } = net.nodes[net.output];
  const runWork =
    (upper + 2 * tokens * width) * net.parameters * upper +
    (upper + 2) * (inputWork(net) + tokens * width * net.work);
  const isCheap = runWork < mostOperations && net.parameters * upper < mostEntries;
  if (method === 'gauge') {
    if (isCheap && stated === undefined) ownRun(net, upper, undefined, `${where}.upperBound`);
    const words = isCheap
      ? 'a rank at a random point does not refute it'
      : 'the rank at a random point would take too long';
    open.push(
      `dimension at most ${upper}: the symmetries are not checked here (dimcert verify does); ${words}`,
    );
  } else proved.push(`dimension at most ${upper}: ${certificate.upperBound.statement}`);
  if (stated !== undefined) {
    demand(isCheap, `${where}.probableUpperBound`, 'less work');
    ownRun(net, stated.upper, stated.inputs, `${where}.probableUpperBound`);
    const words = `error probability ${stated.errorProbability} as stated, not recomputed here; a run at a random point of our own agrees`;
    probable.push(`dimension at most ${stated.upper}: ${words}`);
  }
  const isProved = exact && probable.length === 0 && open.length === 0;
  const interval = exact ? String(lower) : `${lower} to ${upper}`;
  return {
    title: `dimension ${interval} of ${net.parameters} parameters${isProved ? ', exact' : ''}`,
    proved,
    probable,
    open,
  };
}

// ---- Ranks of matrices ----

/** The rows of a listed matrix, with their entries that are not 0: residues modulo p, or integers if p is null. */
function entriesOf(listing, where, p) {
  const {
    rows: m,
    cols: n,
    dense,
    sparse,
  } = read(listing, where, 'rows:count cols:count dense:any? sparse:any?');
  demand((dense === undefined) !== (sparse === undefined), where, 'either dense or sparse rows');
  demand(Array.isArray(dense ?? sparse) && (sparse !== undefined || dense.length === m), where, 'rows');
  const number = p === null ? /^(0|-?[1-9][0-9]{0,131071})$/ : /^(0|[1-9][0-9]{0,19})$/;
  const isEntry = (v) => typeof v === 'string' && number.test(v) && (p === null || BigInt(v) < p);
  const found = new Map();
  let before = -1;
  const add = (i, columns, values) => {
    demand(Array.isArray(values) && values.every(isEntry), where, 'entries of the field');
    const row = new Map();
    for (const [k, value] of values.entries())
      if (value !== '0') row.set(columns === null ? k : columns[k], BigInt(value));
    found.set(i, row);
  };
  if (dense !== undefined)
    for (const [i, values] of dense.entries()) {
      demand(Array.isArray(values) && values.length === n, where, 'rows as long as stated');
      add(i, null, values);
    }
  else
    for (const row of sparse) {
      demand(Array.isArray(row) && row.length === 3, where, '[row, columns, values]');
      const [i, columns, values] = row;
      demand(Number.isSafeInteger(i) && before < i && i < m, where, 'ascending rows');
      before = i;
      ascending(columns, where, n);
      const fits =
        columns.length > 0 &&
        Array.isArray(values) &&
        values.length === columns.length &&
        !values.includes('0');
      demand(fits, where, 'as many columns as values, which are not 0');
      add(i, columns, values);
    }
  return found;
}

function checkRank(certificate) {
  const [where, overQ] = ['certificate', certificate.field === 'Q'];
  const field = overQ ? 'field:any' : 'prime:decimal';
  read(
    certificate,
    where,
    `format:any version:any kind:any matrix:any claim:any lowerBound:any upperBound:any digest:any ${field}`,
  );
  const claim = read(certificate.claim, `${where}.claim`, 'lower:count upper:count exact:true');
  const lowerFields = `method:any rows:indices columns:indices determinant:decimal${overQ ? ' prime:decimal' : ''}`;
  const lower = read(certificate.lowerBound, `${where}.lowerBound`, lowerFields);
  const upper = read(
    certificate.upperBound,
    `${where}.upperBound`,
    'method:text coefficients:any? multipliers:any?',
  );
  const p = BigInt(overQ ? lower.prime : certificate.prime);
  demand(isPrime(p), `${where}.prime`, 'a prime below 2^64');
  const matrix = entriesOf(certificate.matrix, `${where}.matrix`, overQ ? null : p);
  const { rows: m, cols: n } = certificate.matrix;
  const { rows, columns } = lower;
  const r = rows.length;
  const isClaimed = columns.length === r && claim.lower === r && claim.upper === r;
  demand(lower.method === 'minor' && isClaimed, where, 'a minor of the order claimed');
  const fits = r === 0 || (rows[r - 1] < m && columns[r - 1] < n);
  demand(fits, `${where}.lowerBound`, 'rows and columns of the matrix');
  const isSmall = p < 2n ** 26n;
  afford(`${where}.lowerBound`, r ** 3 * (isSmall ? 1 : 2 ** 5), r ** 2);
  const minor = new Echelon(isSmall ? Number(p) : p);
  const residue = (x) => (isSmall ? Number(((x % p) + p) % p) : ((x % p) + p) % p);
  for (const [place, i] of rows.entries()) {
    const isIndependent = minor.add(columns.map((j) => residue(matrix.get(i)?.get(j) ?? 0n)));
    demand(isIndependent, `${where}.lowerBound.rows[${place}]`, 'a row independent of those before');
  }
  const determinant = BigInt(minor.determinant) % p;
  demand(determinant === BigInt(lower.determinant), `${where}.lowerBound.determinant`, determinant);
  const methods = r === Math.min(m, n) ? ['shape'] : ['row-combinations', 'column-combinations'];
  demand(methods.includes(upper.method), `${where}.upperBound.method`, methods.join(' or '));
  if (upper.method === 'shape')
    demand(Object.keys(upper).length === 1, `${where}.upperBound`, 'no coefficients');
  else checkCombinations(upper, matrix, upper.method === 'row-combinations' ? m : n, lower, overQ ? null : p);
  const proved = [
    `rank at least ${r}: a minor of that order is not 0 modulo ${p}`,
    `rank at most ${r}: ${upper.method === 'shape' ? `a ${m} x ${n} matrix has no greater one` : 'all other lines are combinations of those of the minor'}`,
  ];
  return {
    title: `rank ${r} ${overQ ? 'over Q' : `modulo ${p}`} of a ${m} x ${n} matrix`,
    proved,
    probable: [],
    open: [],
  };
}

/** The lines outside the minor are combinations of those inside it, so that the rank is not greater: d·line = Σ x·line, with d = 1 modulo p. */
function checkCombinations({ method, coefficients, multipliers }, matrix, length, { rows, columns }, p) {
  const where = 'certificate.upperBound';
  const [inside, lines] = method === 'row-combinations' ? [rows, matrix] : [columns, transposed(matrix)];
  const found = entriesOf(coefficients, `${where}.coefficients`, p);
  const rest = length - inside.length;
  const hasSize = coefficients.rows === rest && coefficients.cols === inside.length;
  demand(hasSize, `${where}.coefficients`, `${rest} x ${inside.length} coefficients`);
  const isMultiplier = (d) => typeof d === 'string' && /^[1-9][0-9]{0,131071}$/.test(d);
  const areThere =
    Array.isArray(multipliers) && multipliers.length === rest && multipliers.every(isMultiplier);
  demand(
    p === null ? areThere : multipliers === undefined,
    where,
    'multipliers if and only if the field is Q',
  );
  let work = length;
  for (const x of found.values())
    for (const [j, factor] of x) {
      const words = p === null ? 1 + factor.toString(16).length / 16 : 1;
      work += words * (lines.get(inside[j])?.size ?? 0);
    }
  afford(where, work * 2 ** 7);
  const isInside = new Set(inside);
  for (let [i, place] = [0, 0]; i < length; i++) {
    if (isInside.has(i)) continue;
    const total = new Map();
    const add = (line, factor) => {
      for (const [at, entry] of line ?? []) total.set(at, (total.get(at) ?? 0n) + factor * entry);
    };
    for (const [j, factor] of found.get(place) ?? []) add(lines.get(inside[j]), factor);
    add(lines.get(i), p === null ? -BigInt(multipliers[place]) : -1n);
    const isZero = [...total.values()].every((x) => (p === null ? x : x % p) === 0n);
    demand(isZero, `${where}.coefficients[${place}]`, 'the coefficients of the line');
    place++;
  }
}

function transposed(matrix) {
  const lines = new Map();
  for (const [i, row] of matrix)
    for (const [j, entry] of row) {
      if (!lines.has(j)) lines.set(j, new Map());
      lines.get(j).set(i, entry);
    }
  return lines;
}

/**
 * What is found, and the statements that are proved, that hold but for a named probability, and that remain open. Throws a Rejection, and for what
 * is no certificate of version 1 another error.
 */
export function verify(text, quick = false) {
  spent = 0;
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new NoCertificate(error.message);
  }
  if (value?.format !== 'dimcert-certificate' || value.version !== 1)
    throw new NoCertificate('expected the format dimcert-certificate, version 1');
  if (quick && value.lowerBound?.witness === undefined)
    throw new NoCertificate('expected a certificate with a witness for --quick');
  const isDeep = (json, levels) =>
    levels === 0 ||
    (typeof json === 'object' &&
      json !== null &&
      Object.values(json).some((inner) => isDeep(inner, levels - 1)));
  demand(!isDeep(value, 200), 'certificate', 'at most 200 levels');
  // What parsing hides: keys that are there twice, and numbers that are written as if they were none or lose digits.
  const most = value.kind === 'rank' ? 2 ** 27 : 2 ** 22;
  demand(text.length < most, 'certificate', 'fewer characters');
  const bare = (json) =>
    json.replaceAll(/"(?:\\.|[^"\\])*"|\s+/g, (token) => (token[0] === '"' ? '"' : '')).length;
  demand(
    bare(text) === bare(canonical(value)),
    'certificate',
    'every key once, and integers without fraction or exponent',
  );
  const { digest: given, kind, ...body } = value;
  demand(kind === 'dimension' || kind === 'rank', 'certificate.kind', 'dimension or rank');
  const result = kind === 'rank' ? checkRank(value) : checkDimension(value, quick);
  const expected = digest({ kind, ...body });
  demand(given === expected, 'certificate.digest', expected);
  return result;
}

async function main(args) {
  const names = args.filter((arg) => arg !== '--quick');
  const [name] = names;
  if (names.length !== 1 || name.startsWith('--')) {
    console.log('usage: node verify.mjs CERTIFICATE [--quick]    (- for standard input)');
    return name === '--help' ? 0 : 2;
  }
  const { readFileSync } = await import('node:fs');
  try {
    const { title, ...found } = verify(
      readFileSync(name === '-' ? 0 : name, 'utf8'),
      args.includes('--quick'),
    );
    console.log(`accepted: ${title}`);
    for (const [kind, statements] of Object.entries(found))
      for (const statement of statements) console.log(`  ${kind}: ${statement}`);
    return 0;
  } catch (error) {
    if (error instanceof Rejection) console.log(`rejected: ${error.message}`);
    else console.error(`${name}: ${error.message}`);
    return error instanceof Rejection ? 1 : 2;
  }
}

if (globalThis.process?.argv?.[1]?.endsWith('verify.mjs'))
  process.exitCode = await main(process.argv.slice(2));
