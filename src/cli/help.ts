const exitCodesHelp = `
Exit codes:
  0    done (verify: accepted; certify: an exact result or an interval)
  1    the certificate is rejected
  2    bad usage or bad input; one line on stderr says what and where
  70   a fault of dimcert itself
  130  interrupted (143: terminated)
`;

export const programHelp = `
Examples:
  $ dimcert certify --dims 4,4,4 --head-dims 2,2 --sequence-length 3
  $ dimcert certify network.json -o certificate.json
  $ dimcert verify certificate.json
  $ dimcert explain certificate.json
  $ dimcert export certificate.json --to pari | gp -q
  $ dimcert certify --config config.json

A network is a JSON file:
  { "format": "dimcert-network", "version": 1,
    "inputDim": 4, "sequenceLength": 3,
    "layers": [
      { "kind": "attention", "normalization": "softmax", "headDim": 2 },
      { "kind": "attention", "normalization": "none", "headDim": 1 } ] }

dimcert help <command> says more about a command.
${exitCodesHelp}`;

export const dimensionHelp = `
Examples:
  $ dimcert dimension network.json
  $ dimcert dimension --dims 3,3,3 --head-dims 2,1 --sequence-length 3
  $ cat network.json | dimcert dimension - --json
  $ dimcert dimension --config config.json --sequence-length 8

The upper bound is the closed form for stacks of single-head attention layers,
and what the known symmetries leave for every other network. A lower bound is
claimed only where a published theorem states equality; dimcert certify computes
one for every network.

--config reads the config.json of a model (llama, mistral, qwen2, gemma, gpt2
and others), and counts the network between embedding and unembedding at its
real size, for 3 tokens unless --sequence-length says otherwise.
${exitCodesHelp}`;

export const certifyHelp = `
Examples:
  $ dimcert certify network.json
  $ dimcert certify network.json -o certificate.json
  $ dimcert certify --dims 4,4,4 --head-dims 2,2 --sequence-length 3 --json
  $ dimcert certify network.json -o - | dimcert verify -
  $ dimcert certify --config config.json -o certificate.json

The lower bound is the rank of the Jacobian at a random point modulo a prime: a
proof, for every prime and point. A bad point can only make it weaker, so two
others are tried where it does not meet the upper bound. The same network, prime
and seed give the same certificate, byte for byte. The file is written whole or
not at all; without -o no certificate is kept. dimcert explain says why a result
is an interval; inside it a Monte Carlo bound is given with its error
probability, where one is known (docs/monte-carlo.md).

--witness adds what dimcert verify --quick needs to check a large certificate in
a fraction of the time; it takes one more elimination, and a larger file.

--config reads the config.json of a model, and certifies a network of the same
shape with smaller numbers: of at most --budget parameters.
${exitCodesHelp}`;

export const explainHelp = `
Examples:
  $ dimcert explain certificate.json
  $ dimcert certify network.json -o - | dimcert explain -
  $ dimcert explain certificate.json --json

A dimension is exact where a lower bound meets an upper bound. The lower bound
can be too small by bad luck: another seed or prime may raise it. The upper
bound is too large where the network has symmetries that nobody told dimcert:
dimcert symmetries looks for them. Which of the two is likely, and by what the
bounds are known, is what this command says.

It computes the upper bound anew and believes the rest of the certificate:
dimcert verify checks it.
${exitCodesHelp}`;

export const symmetriesHelp = `
Examples:
  $ dimcert symmetries network.json
  $ dimcert symmetries network.json --seed 7 --json
  $ dimcert symmetries --dims 4,4 --head-dims 2 --sequence-length 3
  $ dimcert symmetries --config config.json --budget 300

A symmetry is a vector field on the parameters along which no value of the
network changes; the dimension is the number of parameters less the rank of all
of them. Of the linear fields that couple two matrices all are found, and those
that a known family explains are marked. Where these leave a gap, fields on a
normal form of the parameters are sought as well. What is not proved comes with
its error probability (docs/symmetries.md). It is meant for small networks.

--config reads the config.json of a model, and takes a network of the same shape
with smaller numbers: of at most --budget parameters.
${exitCodesHelp}`;

export const verifyHelp = `
Examples:
  $ dimcert verify certificate.json
  $ dimcert verify - --json < certificate.json
  $ dimcert verify large.json --quick
  $ dimcert verify certificate.json --cite

Of a network, the point, the named minor of the Jacobian and the bounds are
recomputed by code that shares neither differentiation nor elimination with
dimcert certify. Of the rank of a matrix (dimcert rank --certificate), the named
minor is computed anew, and the combinations of rows or columns multiplied out.

--quick checks the lower bound by its witness alone (dimcert certify --witness):
a few evaluations of the network in place of an elimination. That is no proof:
the error probability is below 2^-128, if SHA-256 behaves like a random function
(docs/certificate.md). Everything else is checked as without it; a Monte Carlo
bound has no short cut: it is run again, at a prime and a point of our own.

--cite prints, for an accepted certificate, a BibTeX entry and a paragraph for
an appendix that says exactly what was checked.

A certificate that would cost more than a minute or two of work is rejected
before the work begins; --max-operations 1e13 allows hours (an operation takes
about a nanosecond).
${exitCodesHelp}`;

export const exportHelp = `
Examples:
  $ dimcert export certificate.json --to pari | gp -q
  $ dimcert export certificate.json --to macaulay2 -o minor.m2
  $ dimcert export certificate.json --to sage -o minor.sage
  $ dimcert export certificate.json --to lean -o Minor.lean

Of a dimension, the script computes the network at the point of the certificate
with numbers a + b*e, e^2 = 0, one parameter moved by e after the other, and
asserts that the named minor of the Jacobian has full rank and the stated
determinant. Of the rank of a matrix, it asserts the rank. Systems: sage,
macaulay2, pari, magma. For Lean 4 (no libraries) the file states that the minor
has an inverse modulo the prime, and lets the kernel compute it: for minors of
an order up to 64.

The upper bound and the independence of exponentials are not part of it.
${exitCodesHelp}`;

export const fibreHelp = `
Examples:
  $ dimcert fibre a.json b.json
  $ dimcert fibre a.safetensors b.safetensors --network network.json --json
  $ dimcert fibre a.json
  $ dimcert fibre a.json b.json --prime 4093

Weights are a JSON file,
  { "format": "dimcert-weights", "version": 1, "network": { … },
    "parameters": { "layers[0].Q[0]": [[1, "1/2"], ["-0.25", 3]], … } },
a .safetensors file with tensors of these names, or an .npy vector of all
parameters in their order (docs/networks.md). Floats are taken as the rational
numbers that they are; nothing is rounded. With "prime": "p" in the JSON, or
--prime, they are residues, of a polynomial network of a degree below p.

A difference is shown by an input, with the values there. That functions are the
same is proved where theory gives a proof (docs/identifiability.md); polynomial
networks beyond it are compared at random points, and the error probability is
printed. For others the answer may be "undecided".

With one file: in how many directions its weights may move while, to first
order, the function stays; how many of them are known symmetries; and what is
special about the weights. For up to 2000 parameters (300 of networks with more
than one layer of which one is softmax, a norm or an activation).
${exitCodesHelp}`;

export const normalFormHelp = `
Examples:
  $ dimcert normal-form weights.json -o normal.json
  $ dimcert normal-form model.safetensors --network network.json | sha256sum
  $ dimcert normal-form weights.json --compress

Weights that the known symmetries relate have the same normal form, byte for
byte: use it to compare and deduplicate. It is JSON (dimcert-weights) with exact
rational numbers, and can be read again. With --compress only its free numbers
are kept, of a generic stack as many as the function space has dimensions
(docs/identifiability.md).
${exitCodesHelp}`;

export const rankHelp = `
Examples:
  $ dimcert rank matrix.mtx --prime 4093
  $ dimcert rank large.npy --prime 4093 --threads 2
  $ printf '1 2\\n3 6\\n' | dimcert rank - --prime 7 --json
  $ dimcert rank matrix.mtx --prime 4093 --certificate certificate.json
  $ dimcert rank matrix.mtx --rationals --certificate certificate.json
  $ dimcert verify certificate.json

The format is found by the content: NumPy's .npy (integers, or floats that are
integers), MatrixMarket (coordinate and array, integer or pattern), SMS, and
rows of integers with blanks or commas between them. Entries may have any number
of digits. Primes up to 8191 are the fastest.

Threads pay from about 3000 x 3000 on, with larger primes from 1500 x 1500, as
many as there are idle cores: each takes a share of the columns, 256 at least.
The result is the same.

A certificate holds the matrix and proves the rank: a minor that is not zero,
and the other rows (or columns) as combinations of those of the minor. Over the
rationals the minor is not zero modulo a prime, and the combinations, which hold
over the integers, may have as many words as the rank. A certificate may
have at most 134 million characters, about 4400 rows and columns modulo 4093;
a larger matrix is refused. The file is written whole or not at all.
${exitCodesHelp}`;
