/*
 * SHA-256 (FIPS 180-4) for the verifier alone: the producer has another one, so that neither can hide a fault of the other.
 */

const rounds = Int32Array.from(
  (
    '428a2f98 71374491 b5c0fbcf e9b5dba5 3956c25b 59f111f1 923f82a4 ab1c5ed5 ' +
    'd807aa98 12835b01 243185be 550c7dc3 72be5d74 80deb1fe 9bdc06a7 c19bf174 ' +
    'e49b69c1 efbe4786 0fc19dc6 240ca1cc 2de92c6f 4a7484aa 5cb0a9dc 76f988da ' +
    '983e5152 a831c66d b00327c8 bf597fc7 c6e00bf3 d5a79147 06ca6351 14292967 ' +
    '27b70a85 2e1b2138 4d2c6dfc 53380d13 650a7354 766a0abb 81c2c92e 92722c85 ' +
    'a2bfe8a1 a81a664b c24b8b70 c76c51a3 d192e819 d6990624 f40e3585 106aa070 ' +
    '19a4c116 1e376c08 2748774c 34b0bcb5 391c0cb3 4ed8aa4a 5b9cca4f 682e6ff3 ' +
    '748f82ee 78a5636f 84c87814 8cc70208 90befffa a4506ceb bef9a3f7 c67178f2'
  ).split(' '),
  (word) => parseInt(word, 16),
);
const start = Int32Array.from(
  '6a09e667 bb67ae85 3c6ef372 a54ff53a 510e527f 9b05688c 1f83d9ab 5be0cd19'.split(' '),
  (word) => parseInt(word, 16),
);

const rotate = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

/** One step of the hash: `state` is (a, b, …, h), `w` has the block in its first 16 words. */
function absorb(state: Int32Array, w: Int32Array): void {
  for (let i = 16; i < 64; i++) {
    const early = w[i - 15]!;
    const late = w[i - 2]!;
    const sigma0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const sigma1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    w[i] = (((w[i - 16]! + sigma0) | 0) + ((w[i - 7]! + sigma1) | 0)) | 0;
  }
  // Not by destructuring: that iterates.
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let i = 0; i < 64; i++) {
    const choice = (e & f) ^ (~e & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    // Sums are cut to 32 bits one by one: larger ones would be computed in doubles.
    const sigma1 = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25))) | 0;
    const one = (((sigma1 + choice) | 0) + ((rounds[i]! + w[i]!) | 0)) | 0;
    const two = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
  state[5]! += f;
  state[6]! += g;
  state[7]! += h;
}

const blockBytes = 64;

/** The eight words (signed, big-endian order) of SHA-256 of some bytes, fewer than 2²⁹. O(length). */
export function sha256(bytes: Uint8Array): Int32Array {
  return finished(start.slice(), bytes, 0, new Int32Array(64));
}

/** Goes on with the bytes from a whole number of blocks on, which `state` has absorbed, and pads them. */
function finished(state: Int32Array, bytes: Uint8Array, from: number, w: Int32Array): Int32Array {
  const blocks = Math.floor((bytes.length + 8) / blockBytes) + 1;
  for (let block = from / blockBytes; block < blocks; block++) {
    for (let i = 0; i < 16; i++) {
      let word = 0;
      for (let at = block * blockBytes + 4 * i, end = at + 4; at < end; at++)
        word = (word << 8) | (at < bytes.length ? bytes[at]! : at === bytes.length ? 0x80 : 0);
      w[i] = word;
    }
    if (block === blocks - 1) w[15] = bytes.length * 8;
    absorb(state, w);
  }
  return state;
}

/** The hashes of a text with 0, 1, 2, … behind it, in decimal: whole blocks of the text are absorbed once. */
export class CountedHashes {
  readonly #prefix: Uint8Array;
  readonly #whole: number;
  readonly #state: Int32Array;
  readonly #w = new Int32Array(64);
  #counter = 0;

  constructor(text: string) {
    this.#prefix = new TextEncoder().encode(text);
    this.#whole = this.#prefix.length - (this.#prefix.length % blockBytes);
    this.#state = start.slice();
    for (let at = 0; at < this.#whole; at += blockBytes) {
      const view = new DataView(this.#prefix.buffer, this.#prefix.byteOffset + at, blockBytes);
      for (let i = 0; i < 16; i++) this.#w[i] = view.getInt32(4 * i);
      absorb(this.#state, this.#w);
    }
  }

  /** The next one, as eight words. */
  next(): Int32Array {
    const digits = String(this.#counter++);
    const bytes = new Uint8Array(this.#prefix.length + digits.length);
    bytes.set(this.#prefix);
    for (let i = 0; i < digits.length; i++) bytes[this.#prefix.length + i] = digits.charCodeAt(i);
    return finished(this.#state.slice(), bytes, this.#whole, this.#w);
  }
}

/** SHA-256 of the UTF-8 bytes of a text, as 64 lower-case hexadecimal digits. */
export function sha256Hex(text: string): string {
  const words = Array.from(sha256(new TextEncoder().encode(text)));
  return words.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}
