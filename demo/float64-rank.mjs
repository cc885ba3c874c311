// What one gets without exact arithmetic: the rank of the same Jacobian in double precision.

/** A seeded generator of standard normal numbers (mulberry32, Box–Muller). */
function normals(seed) {
  const uniform = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let x = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

const product = (A, B) => A.map((row) => B[0].map((_, j) => row.reduce((sum, a, k) => sum + a * B[k][j], 0)));
const sum = (A, B) => A.map((row, i) => row.map((a, j) => a + B[i][j]));
const transpose = (A) => A[0].map((_, j) => A.map((row) => row[j]));

/** A product of two pairs (value, derivative). */
const times = ([A, dA], [B, dB]) => [product(A, B), sum(product(dA, B), product(A, dB))];
const flip = ([A, dA]) => [transpose(A), transpose(dA)];

/** Softmax of each row of a pair. */
function softmaxRows([S, dS]) {
  const W = S.map((row) => {
    const top = Math.max(...row);
    const exponentials = row.map((s) => Math.exp(s - top));
    const total = exponentials.reduce((a, b) => a + b);
    return exponentials.map((e) => e / total);
  });
  const dW = W.map((row, i) => {
    const mean = row.reduce((a, w, j) => a + w * dS[i][j], 0);
    return row.map((w, j) => w * (dS[i][j] - mean));
  });
  return [W, dW];
}

/** The parameter matrices Q, K, V of each layer, filled from a function. */
const weights = (network, entry) =>
  network.layers.map(({ headDim: a, outputDim }, i) => {
    const width = i === 0 ? network.inputDim : network.layers[i - 1].outputDim;
    const matrix = (rows) => Array.from({ length: rows }, () => Array.from({ length: width }, entry));
    return [matrix(a), matrix(a), matrix(outputDim)];
  });

/** The derivative of the network (softmax, without mask) at the inputs X (tokens are rows) in the direction dθ. */
function derivative(theta, dTheta, X) {
  let tokens = [X, X.map((row) => row.map(() => 0))];
  theta.forEach((matrices, i) => {
    const [Q, K, V] = matrices.map((matrix, k) => times(tokens, flip([matrix, dTheta[i][k]])));
    tokens = times(softmaxRows(times(Q, flip(K))), V);
  });
  return tokens[1].flat();
}

/** The columns of the Jacobian of a stack of softmax attention layers at normally distributed weights and inputs. */
function jacobianColumns(network, inputs, deviation, seed) {
  const standard = normals(seed);
  const normal = () => deviation * standard();
  const theta = weights(network, normal);
  const samples = Array.from({ length: inputs }, () =>
    Array.from({ length: network.sequenceLength }, () => Array.from({ length: network.inputDim }, normal)),
  );
  const parameters = theta.flat(3).length;
  return Array.from({ length: parameters }, (_, parameter) => {
    let index = 0;
    const direction = weights(network, () => (index++ === parameter ? 1 : 0));
    return Float64Array.from(samples.flatMap((X) => derivative(theta, direction, X)));
  });
}

/** The singular values of a matrix given by columns, descending: one-sided Jacobi rotations (Hestenes 1958). */
function singularValues(columns) {
  const dot = (x, y) => {
    let total = 0;
    for (let i = 0; i < x.length; i++) total += x[i] * y[i];
    return total;
  };
  for (let sweep = 0, rotated = true; rotated && sweep < 60; sweep++) {
    rotated = false;
    for (let p = 0; p < columns.length; p++)
      for (let q = p + 1; q < columns.length; q++) {
        const [x, y] = [columns[p], columns[q]];
        const [xx, yy, xy] = [dot(x, x), dot(y, y), dot(x, y)];
        if (Math.abs(xy) <= 1e-15 * Math.sqrt(xx * yy)) continue;
        rotated = true;
        const zeta = (yy - xx) / (2 * xy);
        const tangent = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        const cosine = 1 / Math.hypot(1, tangent);
        for (let i = 0; i < x.length; i++) {
          const [a, b] = [x[i], y[i]];
          x[i] = cosine * (a - tangent * b);
          y[i] = cosine * (b + tangent * a);
        }
      }
  }
  return columns.map((x) => Math.sqrt(dot(x, x))).sort((a, b) => b - a);
}

/** The number of singular values above `cutoff` times the largest one. */
export function float64Rank(network, { inputs, deviation, cutoff, seed }) {
  const values = singularValues(jacobianColumns(network, inputs, deviation, seed));
  return values.filter((value) => value > cutoff * values[0]).length;
}
