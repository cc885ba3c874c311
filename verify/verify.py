#!/usr/bin/env python3
"""Checks a certificate of dimcert (format dimcert-certificate, version 1) with nothing but Python >= 3.9.

    python3 verify.py CERTIFICATE [--quick]    exit code: 0 accepted, 1 rejected, 2 no certificate or bad usage

It shares no code with dimcert and trusts nothing in the file. Why each step is a proof is said where it is taken:
  lower bound  A point modulo p is a ring homomorphism. A minor of the Jacobian that is not 0 there is not 0 before, so the generic rank of the
               Jacobian, which is the dimension of the function space, is at least its order.
  exponentials Their residues are drawn. That they may be rests on algebraic independence (Ax 1971), that square roots may be chosen on radicands
               independent modulo squares: both follow from matrices of full rank.
  upper bound  The closed form and spaces of polynomial maps are recomputed. Symmetries (method gauge) are not: such a bound is refuted or left
               open, by a run at a random point. `dimcert verify` proves it.
The documents named here are in the folder docs of dimcert."""
import hashlib, itertools, json, math, re, secrets, sys
from fractions import Fraction

OPERATIONS = 2**32  # of about 50 ns: what would take more is rejected before it begins
ENTRIES = 2**24  # of matrices and vectors in memory
RESIDUES = 2**23  # of points and inputs, those between the inputs that rows name included
SPENT = [0]  # what looking at the network has taken
getattr(sys, "set_int_max_str_digits", int)(0)  # integers of any length: what is read is bounded below


class Reject(Exception):
    pass


def demand(holds, where, expected):
    if not holds:
        raise Reject(f"{where}: expected {expected}")


def spend(operations):
    SPENT[0] += operations
    demand(SPENT[0] < 2**22, "certificate.network", "a simpler network")


# ---- Reading: every field is known and typed, so that a certificate says nothing that is not checked -------------------------------------------
COUNT, SIZE, POINT = "(0|[1-9][0-9]{0,%d})", "[1-9][0-9]{0,14}", "prime:decimal point:any "
TYPES = {  # regular expressions of the canonical JSON
    "any": ".*", "text": '".*"', "list": r"\[.*\]", "boolean": "true|false", "true": "true", "false": "false", "size": SIZE, "count": COUNT % 14,
    "decimal": f'"{COUNT % 19}"', "seed": f'"{COUNT % 38}"', "fraction": '"-?[0-9]+(/[1-9][0-9]*)?"', "indices": rf"\[(0|{SIZE})?(,{SIZE})*\]"}
NAMED = "kind:any label:text? tiedTo:text? "
LAYERS = {
    "attention": NAMED + "normalization:any headDim:size outputDim:size numHeads:size? numKeyValueHeads:size? valueDim:size? causal:true? "
    "window:size? alibi:true? rotary:any? context:true? bias:any?", "linear": NAMED + "outputDim:size bias:true? transposed:true?",
    "gated": NAMED + "function:any coefficient:fraction? hiddenDim:size outputDim:size bias:true?", "positions": NAMED,
    "rmsnorm": NAMED + "epsilon:fraction? weight:false? unitOffset:true?", "layernorm": NAMED + "epsilon:fraction? weight:false? bias:true?",
    "activation": "kind:any function:any coefficient:fraction?", "power": "kind:any exponent:size", "scale": "kind:any factor:fraction",
    "residual": "kind:any layers:list", "sum": "kind:any branches:list"}  # fmt: skip


def canonical(value):  # RFC 8785, of integers and strings
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(value):
    return hashlib.sha256(canonical(value).encode("utf-8", "backslashreplace")).hexdigest()


def read(value, where, spec):
    """The fields of an object: `spec` has words name:type, with a question mark behind what may be absent."""
    types = dict(word.split(":") for word in spec.split())
    demand(isinstance(value, dict) and value.keys() <= types.keys(), where, f"an object without fields but {', '.join(types)}")
    for key, kind in types.items():
        fits = re.fullmatch(TYPES[kind.rstrip("?")], canonical(value[key]), re.S) if key in value else kind[-1] == "?"
        demand(fits, f"{where}.{key}", kind.rstrip("?"))
        demand(kind != "indices" or all(a < b for a, b in zip(value[key], value[key][1:])), f"{where}.{key}", "ascending indices")
    return value


def fraction(text, where):
    demand(len(text) <= 700 and str(Fraction(text)) == text, where, "a fraction in lowest terms")
    return Fraction(text)


def is_prime(n):  # Miller-Rabin: these bases decide every n below 2^64 (Sorenson and Webster 2015)
    bases = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
    if not 1 < n < 2**64 or any(n % b == 0 for b in bases):
        return n in bases
    twos = (n - 1 & 1 - n).bit_length() - 1
    chains = ([pow(b, (n - 1) >> twos << i, n) for i in range(twos)] for b in bases)
    return all(chain[0] == 1 or n - 1 in chain for chain in chains)


# ---- The network: a list of tensors, each computed from tensors before it (docs/networks.md, docs/point.md) ------------------------------------
class Network:
    """`nodes[n]` is (operation, arguments, tokens, width); what is computed alike from the same tensors is one. Entries are numbered: parameters
    first, then tensor by tensor."""

    def __init__(self, net):
        where = "certificate.network"
        read(net, where, "format:any version:any inputDim:size sequenceLength:size layers:list context:any?")
        demand((net["format"], net["version"]) == ("dimcert-network", 1), where, "dimcert-network, version 1")
        self.nodes, self.ids, self.terms, self.parallel, self.base, self.work = [], {}, [], [], [0], 0
        self.blocks, self.N, self.reader, self.divisors, self.exponent, self.maps = [], 0, {}, {2}, 1, set()
        self.labels, self.rotaries, self.pi, self.context, self.stack, self.again = {}, [], False, None, [], 0
        x = self.node("tokens", ("input",), net["sequenceLength"], net["inputDim"])
        if "context" in net:
            c = read(net["context"], where + ".context", "inputDim:size sequenceLength:size")
            self.context = self.node("tokens", ("context",), c["sequenceLength"], c["inputDim"])
        self.output = self.layers(net["layers"], where + ".layers", x, 0)
        demand(net["layers"] and not (self.pi and self.rotaries), where, "layers, and no angles beside the square root of 2/pi")
        self.steps()

    def node(self, op, args, tokens, width, parallel=None, terms=None, length=2):
        key = (op, args, tokens, width)
        n = self.ids.setdefault(key, len(self.nodes))
        if n == len(self.nodes):
            self.nodes.append(key)
            self.terms.append({n: Fraction(1)} if terms is None else terms)
            # Token i is z_i times one vector: `parallel` names the tensor z. One coordinate: the tensor itself.
            self.parallel.append(n if parallel == "own" or parallel is None and width == 1 else parallel)
            self.base.append(self.base[n] + tokens * width)
            self.work += tokens * width * length
            demand(n < 2**13 and self.work < 2**24, "certificate.network", "fewer operations")
            self.reader.update({block: n for block in self.reads(n) if block not in self.reader})
        return n

    def reads(self, n):  # the blocks of parameters that a node reads
        return [b for b in (self.nodes[n][1][1:3] if self.nodes[n][0] in ("linear", "scaled") else ()) if b is not None]

    def operands(self, n):
        op, args = self.nodes[n][:2]
        two = op in ("scores", "mix", "product", "log", "normalized")
        return [a for a, _ in args] if op == "sum" else [] if op == "tokens" else list(args[: 1 + two])

    def like(self, x, op, *args, parallel=None, length=2):
        return self.node(op, (x, *args), *self.nodes[x][2:], parallel, None, length)

    def sum(self, parts):  # a rational combination of tensors that are no combinations themselves
        terms = {}
        for x, factor in parts:
            terms = plus(terms, factor, self.terms[x])
        terms = {atom: terms[atom] for atom in sorted(terms)}
        shared = {self.parallel[atom] for atom in terms}
        z = shared.pop() if len(shared) == 1 else None
        one = list(terms.values()) == [1]
        return next(iter(terms)) if one else self.node("sum", tuple(terms.items()), *self.nodes[parts[0][0]][2:], z, terms, len(terms))

    def linear(self, x, W, b=None, flip=False):  # x W^T + b, or x W + b
        _, rows, cols = self.blocks[W]
        z = self.parallel[x] if b is None else None
        return self.node("linear", (x, W, b, flip), self.nodes[x][2], cols if flip else rows, z, None, rows + cols)

    def scaled(self, x, gain, shift, unit):  # (gain + 1 or 0) x + shift, by coordinates; the shift maybe by tokens too
        return self.like(x, "scaled", gain, shift, unit, parallel=self.parallel[x] if shift is None else None)

    def named(self, layer, where, shape):
        """A function that gives the blocks of a layer in their order: its own, or those of the layer to which it is tied."""
        label, tied = layer.get("label"), layer.get("tiedTo")
        demand(label is None or tied is None and label not in self.labels, f"{where}.label", "a new label, not beside tiedTo")
        demand(tied is None or self.labels.get(tied, (0,))[0] == shape, f"{where}.tiedTo", "the label of a layer before, of the same shapes")
        old, own = iter(self.labels[tied][1] if tied is not None else ()), []
        if label is not None:
            self.labels[label] = shape, own
        def take(rows, cols, there=True):
            if there and tied is None:
                self.blocks.append((self.N, rows, cols))
                self.N += rows * cols
            own.extend([next(old) if tied is not None else len(self.blocks) - 1] if there else [])
            return own[-1] if there else None
        return take

    def layers(self, layers, where, x, depth):
        demand(isinstance(layers, list) and depth <= 64, where, "an array of layers")
        for i, layer in enumerate(layers):
            kind = layer.get("kind") if isinstance(layer, dict) else None
            demand(isinstance(kind, str) and kind in LAYERS, f"{where}[{i}].kind", "a kind of layer")
            x = self.layer(kind, read(layer, f"{where}[{i}]", LAYERS[kind]), f"{where}[{i}]", x, depth)
        return x

    def layer(self, kind, layer, where, x, depth):
        (t, d), get = self.nodes[x][2:], layer.get
        out, bias = get("outputDim", d), get("bias", False)
        self.stack.append(layer if kind == "attention" else None)
        if kind in ("residual", "sum"):
            branches = [[], get("layers")] if kind == "residual" else get("branches")
            demand(len(branches) > 1 and (kind == "sum" or branches[1]), where, "branches")
            ends = [self.layers(branch, f"{where}.{i}", x, depth + 1) for i, branch in enumerate(branches)]
            demand(len({self.nodes[end][3] for end in ends}) == 1, where, "branches of one width")
            return self.sum([(end, Fraction(1)) for end in ends])
        if kind == "scale":
            factor = fraction(get("factor"), where)
            demand(factor, where, "a factor that is not 0")
            self.divisors.add(factor.denominator)
            return self.sum([(x, factor)])
        if kind == "power":
            self.exponent = max(self.exponent, get("exponent"))
            return self.like(x, "power", get("exponent"))
        if kind == "activation":
            return self.function(layer, where, x)
        if kind == "positions":
            return self.scaled(x, None, self.named(layer, where, (kind, t, d))(t, d), True)
        if kind == "linear" and get("transposed"):
            met = self.labels.get(get("tiedTo"), ((),))
            demand(met[0][:3] == (kind, d, out) and "label" not in layer, where, f"tied to a linear layer of {d} x {out}")
            return self.map(x, met[1][0], self.named({}, where, ())(1, out, bias), True)
        if kind == "linear":
            take = self.named(layer, where, (kind, out, d, bias))
            return self.map(x, take(out, d), take(1, out, bias))
        if kind == "gated":
            take, m = self.named(layer, where, (kind, d, get("hiddenDim"), out, bias)), get("hiddenDim")
            gate = self.function(layer, where, self.map(x, take(m, d), take(1, m, bias)), ("identity",))
            up = self.linear(x, take(m, d), take(1, m, bias))
            return self.map(self.like(gate, "product", up), take(out, m), take(1, out, bias))
        return (self.attention if kind == "attention" else self.norm)(kind, layer, where, x)

    def own(self, x):  # parallel, with coefficients of its own, where x is parallel
        return None if self.parallel[x] is None else "own"

    def map(self, *args):  # a linear map on whose parameters the independence of what is read behind it may rest
        y = self.linear(*args)
        self.maps.add(y)
        return y

    def function(self, layer, where, z, more=()):
        name, rational = layer["function"], "coefficient" in layer
        demand(name in ("exp", "sigmoid", "silu", "tanh", "softplus", "gelu-tanh", *more), where, "a function")
        demand(not rational or name == "gelu-tanh", where, "no coefficient")
        if name == "identity":
            return z
        if name == "exp":
            return self.like(z, "exp")
        if name == "tanh":
            return self.like(self.like(self.sum([(z, Fraction(2))]), "exp"), "hyperbolic")
        argument = z
        if name == "gelu-tanh":
            c = fraction(layer["coefficient"], where) if rational else None
            self.pi |= not rational
            self.divisors |= {200000, c.denominator if rational else 1}
            argument = self.like(z, "argument", c)
        logistic = self.like(self.like(argument, "exp"), "logistic")
        if name == "sigmoid":
            return logistic
        return self.like(z, "log" if name == "softplus" else "product", logistic)

    def norm(self, kind, layer, where, x):
        get, (t, d) = layer.get, self.nodes[x][2:]
        epsilon, weight, bias = fraction(get("epsilon", "0"), where), get("weight", True), get("bias", False)
        demand(epsilon > 0 or epsilon == 0 and "epsilon" not in layer, where, "a positive epsilon, or none")
        demand(d > (kind == "layernorm"), where, "tokens of 2 coordinates")
        demand(weight or "unitOffset" not in layer and (bias or not layer.keys() & {"label", "tiedTo"}), where, "a weight")
        # The roots of c x, where c is the first coefficient of a combination, are |c| times those of x: one step.
        first = next(iter(self.terms[x].values()), Fraction(1))
        inside, over = self.sum([(x, 1 / first)]), x
        if kind == "layernorm":
            inside, over = (self.like(y, "center", parallel=self.parallel[y], length=d) for y in (inside, over))
        self.divisors |= {d, epsilon.denominator, first.numerator, (epsilon / first**2).denominator}
        roots = self.node("roots", (inside, epsilon / first**2), t, 1, None, None, d)
        y = self.like(over, "normalized", roots, abs(first), parallel=self.own(over))
        take = self.named(layer, where, (kind, d, weight, bias))
        gain, shift = take(1, d, weight), take(1, d, bias)
        return y if gain is shift is None else self.scaled(y, gain, shift, gain is None or "unitOffset" in layer)

    def attention(self, kind, layer, where, x):
        get, (t, d), softmax = layer.get, self.nodes[x][2:], layer["normalization"] == "softmax"
        a, H, v, out, biases = get("headDim"), get("numHeads", 1), get("valueDim"), get("outputDim"), get("bias", {})
        G, rotary, context, window = get("numKeyValueHeads", H), get("rotary"), get("context"), get("window")
        demand(softmax or get("normalization") == "none" and "alibi" not in layer, where, "softmax, or none without alibi")
        demand(layer.get("numHeads") != 1 and layer.get("numKeyValueHeads") != H, where, "no default values")
        demand(H % G == 0 and (G == H or v), where, "groups of heads, and a valueDim if they share values")
        fields = "query:true? key:true? value:true? output:true?"
        demand("bias" not in layer or read(biases, where + ".bias", fields), where, "no bias without a part")
        plain = not layer.keys() & {"causal", "window", "alibi", "rotary"}
        demand(not context or plain and self.context is not None, where, "context, and no positions beside it")
        if "rotary" in layer:
            read(rotary, where + ".rotary", "base:size dim:size?")
            rotary = (rotary["base"], rotary.get("dim", a))
            usual = layer["rotary"].get("dim") != a and rotary[1] % 2 == 0 and rotary[1] <= a and 1 < rotary[0] < 2**31
            demand(usual, where + ".rotary", "a base below 2^31 and an even dim below headDim")
            self.rotaries += [rotary] if rotary not in self.rotaries else []
        c = self.context if context else x
        keys, dc = self.nodes[c][2:]
        reach = min(window or keys, keys) - 1
        behind, ahead = (t - 1, keys - 1) if context else (reach, 0 if get("causal") else reach)
        take = self.named(layer, where, (kind, d, dc, a, H, G, v, out, *sorted(biases)))
        turned = lambda y: self.like(y, "rotation", *rotary) if rotary else y
        heads = []
        for h in range(H):
            q = turned(self.map(x, take(a, d), take(1, a, "query" in biases)))
            if h % (H // G) == 0:
                k = turned(self.linear(c, take(a, dc), take(1, a, "key" in biases)))
                values = self.linear(c, take(v or out, dc), take(1, v or out, "value" in biases))
            w = self.node("scores", (q, k, behind, ahead), t, keys, None, None, 2 * a)
            parallel = self.own(values)
            if softmax:  # e^s_ij = e^s_ji where queries and keys are parallel with the same coefficients
                mutual = self.parallel[q] is not None and self.parallel[q] == self.parallel[k] and min(behind, ahead) > 0
                w = self.node("softmax", (w, behind, ahead, mutual, h + 1 if get("alibi") else 0, H), t, keys, None, None, keys)
            elif a == 1 and behind >= t - 1 and ahead >= keys - 1:
                parallel = self.parallel[q]
            y = self.node("mix", (w, values, behind, ahead), t, v or out, parallel, None, 2 * keys)
            if v and H == 1:
                return self.map(y, take(out, v), take(1, out, "output" in biases))
            heads.append(self.linear(y, take(out, v)) if v else y)
        y, b = self.sum([(y, Fraction(1)) for y in heads]), take(1, out, "output" in biases)
        return y if b is None else self.scaled(y, None, b, True)

    # ---- What is drawn, and what must be independent (docs/point.md, "Steps" to "Independence") ----
    def sees(self, i, behind, ahead, keys):
        return range(max(0, i - behind), min(keys, i + ahead + 1))

    def number_arguments(self, n):
        """The numbers of the exponent arguments of a softmax by query and key: none where there is one key only."""
        (_, behind, ahead, mutual, *_), t, keys = self.nodes[n][1:]
        numbers, count = {}, 0
        for i in range(t):
            visible = self.sees(i, behind, ahead, keys)
            for j in visible if len(visible) > 1 else ():
                known = numbers.get((j, i)) if mutual and j < i else None
                numbers[i, j] = count if known is None else known
                count += known is None
        return numbers, count

    def steps(self):
        """What each step draws: (stream, number); for a token i the numbers of its draws; and the source of each node, the
        last step on which it depends, with whether its token i depends on what is drawn there for token i alone."""
        ops = [node[0] for node in self.nodes]
        exps = [n for n, op in enumerate(ops) if op == "exp"]
        factors, first = lattice([self.terms[self.nodes[n][1][0]] for n in exps])
        self.factors = {n: [(exps[first[k]], power) for k, power in f] for n, f in zip(exps, factors)}
        basis, self.draws, self.numbers, self.roots, self.source = {exps[k] for k in first}, {}, {}, [], []
        for n, (op, args, t, d) in enumerate(self.nodes):
            found = [self.source[x] for x in self.operands(n)]
            if op in ("scores", "mix"):
                found[1] = (found[1][0], False)
            if op == "softmax":
                self.numbers[n], count = self.number_arguments(n)
                self.draws.update({n: ("unit", count)} if count else {})
                found = [(n if count else -1, not args[3])]
            elif op == "exp":
                found = [(step, True) for step, _ in self.factors[n]]
            if op in ("tokens", "log") or n in basis:
                self.draws[n] = {"tokens": "input", "log": "log", "exp": "unit"}[op], t * d
            if op in ("tokens", "log"):
                found = [(n, True)]
            last = max((step for step, _ in found), default=-1)
            self.source.append((last, all(local for step, local in found if step == last)))
            self.roots += [n] if op == "roots" else []
        self.drawn = sum(count for _, count in self.draws.values())  # residues that an input draws
        units = [n for n, (stream, _) in self.draws.items() if stream == "unit"]
        # The arguments of a step, those of all steps before and their logarithms, if its own parameters do not make them independent.
        self.checks = {n: [n] if self.is_fresh(n, units + self.roots) else [m for m in units if m <= n]
                       + [m for m in range(n) if ops[m] == "log"] for n in units}

    def is_fresh(self, n, steps):
        """Whether the arguments are linear in parameters that nothing before their map reads, and no step before n depends on."""
        op, args = self.nodes[n][:2]
        if op == "softmax":
            origin = self.nodes[args[0]][1][0]
            origin = self.nodes[origin][1][0] if self.nodes[origin][0] == "rotation" else origin
        else:
            origin = next(iter(self.terms[args[0]]), None) if len(self.terms[args[0]]) == 1 else None
        if origin not in self.maps or any(self.reader[block] != origin for block in self.reads(origin)):
            return False
        depends, blocks = set(), set(self.reads(origin))
        spend(n - origin)
        for m in range(origin, n):
            if blocks & set(self.reads(m)) or depends & set(self.operands(m)):
                depends.add(m)
        return not depends & set(steps)


def plus(x, factor, y):  # sparse vectors of fractions
    spend(4 * (len(x) + len(y)))
    total = {at: x.get(at, 0) + factor * y.get(at, 0) for at in {**x, **y}}
    demand(all(abs(f.numerator) + f.denominator < 2**4096 for f in total.values()), "certificate.network", "shorter fractions")
    return {at: f for at, f in total.items() if f}


def lattice(vectors):
    """Of vectors u those that depend on none before, e_1, e_2, ...; and each u as an integer combination of the basis b of the
    lattice of all u, in Hermite normal form with respect to the e: docs/point.md, "Units of functions"."""
    echelon, coordinates, first, basis, powers = [], [], [], {}, []
    for n, rest in enumerate(vectors):
        x = {}
        for pivot, row, y in echelon:
            if pivot in rest:
                factor = rest[pivot] / row[pivot]
                rest, x = plus(rest, -factor, row), plus(x, factor, y)
        if rest:
            unit = {len(first): Fraction(1)}
            echelon.append((next(iter(rest)), rest, plus(unit, -1, x)))
            first.append(n)
            x = unit
        coordinates.append(x)
    for x in coordinates:
        while x:  # Euclid's algorithm on the last coordinates
            k = max(x)
            b = basis.get(k, {})
            while k in b:
                x, b = b, plus(x, -(x[k] // b[k]), b)
            basis[k], x = x, b
    for k in sorted(basis):
        b = plus({}, 1 if basis[k][k] > 0 else -1, basis[k])
        for j in range(k - 1, -1, -1):
            b = plus(b, -(b[j] // basis[j][j]), basis[j]) if j in b else b
        basis[k] = b
    for x in coordinates:
        powers.append([])
        while x:
            k = max(x)
            power = x[k] / basis[k][k]
            powers[-1].append((k, int(power)))
            x = plus(x, -power, basis[k])
    return powers, first


# ---- Values and derivatives at a point (docs/point.md, "Streams" and "Values") --------------------------------------
class Point:
    """Everything that the seed draws modulo p, and at each input all entries of tensors with their partial derivatives."""

    def __init__(self, net, p, seed):
        self.net, self.p, self.seed, self.input, self.tables = net, p, seed, -1, {}
        self.val = list(itertools.islice(self.stream("theta"), net.N)) + [0] * net.base[-1]
        self.streams = {domain: self.stream(domain) for domain in ("input", "unit", "log")}
        self.c = next(self.stream("constant", False)) if net.pi else None
        circle, points, turns = self.stream("circle", False), [], rotary_turns(net.rotaries)
        while len(points) <= max((group for all in turns for group, _ in all), default=-1):
            tau = next(circle)
            if (1 + tau * tau) % p:
                inverse = pow(1 + tau * tau, -1, p)
                points.append(((1 - tau * tau) * inverse % p, 2 * tau * inverse % p))
        for rotary, all in zip(net.rotaries, turns):
            for m, (group, n) in enumerate(all):
                step, at = self.turn(points[group], n), (1, 0)
                for i in range(net.nodes[0][2]):
                    self.tables[rotary, i, m] = at
                    at = self.turned(at, step)

    def turned(self, x, y):
        return (x[0] * y[0] - x[1] * y[1]) % self.p, (x[0] * y[1] + x[1] * y[0]) % self.p

    def turn(self, x, n):  # the n-th power
        half = self.turn(self.turned(x, x), n // 2) if n > 1 else (1, 0)
        return self.turned(half, x) if n % 2 else half

    def stream(self, domain, zeros=True):
        p, limit = self.p, 2**64 // self.p * self.p
        for counter in itertools.count():
            block = hashlib.sha256(f"dimcert/1/{domain}/{self.seed}/{counter}".encode()).digest()
            for word in (int.from_bytes(block[i : i + 8], "big") for i in range(0, 32, 8)):
                if word < limit and (word % p or zeros and domain != "unit"):
                    yield word % p

    def residue(self, x):
        return x.numerator * pow(x.denominator, -1, self.p) % self.p

    def draw(self):
        self.input += 1
        self.drawn = {n: list(itertools.islice(self.streams[s], count)) for n, (s, count) in self.net.draws.items()}

    def evaluate(self, observe=None):
        """Computes all tensors at the input that was drawn; False if it is skipped. `observe(n)` is told of each that is reached."""
        net, redraws, n, reached = self.net, 0, 0, -1
        again = self.stream(f"redraw-{self.input}")
        self.partial = [()] * len(self.val)
        while n < len(net.nodes):
            at, defined = net.N + net.base[n], True
            try:
                for e, (value, partial) in enumerate(self.entries(n), at):
                    self.val[e], self.partial[e] = value % self.p, partial
            except ValueError:  # no inverse: a denominator vanishes
                defined = False
            if n > reached:
                reached = n
                observe and observe(n)
            if not defined:
                return False
            lost = [i for i in range(net.nodes[n][2]) if net.nodes[n][0] == "roots" and not self.val[at + i]]
            if lost:  # drawn again where token i alone depends on it, else there is no such input
                step, local = net.source[n]
                redraws += 1
                if step < 0 or not local or redraws > 64:
                    return False
                net.again += net.work * 8
                afford("certificate.network", net.again)
                op, _, tokens, width = net.nodes[step]
                for i in lost:
                    of_query = [k for (query, _), k in net.numbers[step].items() if query == i] if op == "softmax" else None
                    for k in of_query if op == "softmax" else range(i * width, (i + 1) * width):
                        self.drawn[step][k] = next(v for v in again if v or net.draws[step][0] != "unit")
                n = step - 1
            n += 1
        return True

    def entries(self, n):
        """For each entry of a tensor its value and its partial derivatives: pairs (entry, residue)."""
        net, p, val = self.net, self.p, self.val
        op, args, tokens, width = net.nodes[n]
        E = lambda x, i, c: net.N + net.base[x] + i * net.nodes[x][3] + c
        W = lambda b, r, c: net.blocks[b][0] + r * net.blocks[b][2] + c
        if op in PRODUCTS:
            for i in range(tokens):
                for c in range(width):
                    products, multiples = PRODUCTS[op](self, E, W, i, c, *args)
                    value = sum(val[e] * val[f] for e, f in products) + sum(val[e] * m for e, m in multiples)
                    yield value, [d for e, f in products for d in ((e, val[f]), (f, val[e]))] + multiples
        elif op == "tokens":
            yield from ((value, ()) for value in self.drawn[n])
        elif op == "softmax":
            scores, behind, ahead = args[:3]
            numbers, units = net.numbers[n], self.drawn.get(n)
            for i in range(tokens):
                E_i = {j: units[numbers[i, j]] if (i, j) in numbers else 1 for j in net.sees(i, behind, ahead, width)}
                inverse = pow(sum(E_i.values()), -1, p)
                w = {j: E_i[j] * inverse % p for j in E_i}
                for j in range(width):
                    yield w.get(j, 0), [(E(scores, i, k), w[j] * ((j == k) - w[k]) % p) for k in w if j in w and len(w) > 1]
        elif op == "roots":
            x, epsilon = args
            d, self.radicands = net.nodes[x][3], []
            for i in range(tokens):
                u = (sum(val[E(x, i, c)] ** 2 for c in range(d)) * pow(d, -1, p) + self.residue(epsilon)) % p
                self.radicands.append(u)
                root = square_root(u, p)
                yield root, [(E(x, i, c), val[E(x, i, c)] * pow(d * root, -1, p) % p) for c in range(d) if root]
        else:
            for i in range(tokens):
                for c in range(width):
                    e = E(args[0], i, c)
                    yield from self.pointwise(op, n, args, val[e], e, i, i * width + c)

    def pointwise(self, op, n, args, z, e, i, k):
        """The entry number k, of token i, of a function of entries: z is that of the first operand, e its number."""
        net, p = self.net, self.p
        if op == "power":
            yield pow(z, args[1], p), [(e, args[1] * pow(z, args[1] - 1, p) % p)]
        elif op == "argument":  # of tanh-GELU: 2c(z + 0.044715 z^3)
            c, cubic = self.c if args[1] is None else self.residue(args[1]), self.residue(Fraction(8943, 200000))
            yield 2 * c * (z + cubic * z**3), [(e, 2 * c * (1 + 3 * cubic * z * z) % p)]
        elif op == "exp":
            E = math.prod(pow(self.drawn[step][k], power, p) for step, power in net.factors[n])
            yield E, [(e, E % p)]
        elif op == "logistic":  # E/(1 + E)
            inverse = pow(1 + z, -1, p)
            yield z * inverse, [(e, inverse * inverse % p)]
        elif op == "hyperbolic":  # (E - 1)/(E + 1)
            inverse = pow(1 + z, -1, p)
            yield (z - 1) * inverse, [(e, 2 * inverse * inverse % p)]
        elif op == "log":  # log(1 + e^z), whose derivative is the logistic function
            yield self.drawn[n][k], [(e, self.val[net.N + net.base[args[1]] + k])]
        elif op == "normalized":  # x/(f r)
            r, f = net.N + net.base[args[1]] + i, self.residue(args[2])
            inverse = pow(f * self.val[r], -1, p)
            yield z * inverse, [(e, inverse), (r, -z * inverse * pow(self.val[r], -1, p) % p)]

    def gradient(self, e):
        """The derivatives of an entry by all parameters: the chain rule, from the last tensor back."""
        p, by = self.p, [0] * (e + 1)
        by[e] = 1
        for at in range(e, self.net.N - 1, -1):
            if by[at]:
                for f, d in self.partial[at]:
                    by[f] = (by[f] + by[at] * d) % p
        return by[: self.net.N]

    def along(self, direction):
        """The derivatives of all entries in a direction of the parameters."""
        by = list(direction) + [0] * self.net.base[-1]
        for at in range(self.net.N, len(by)):
            by[at] = sum(d * by[f] for f, d in self.partial[at]) % self.p
        return by


PRODUCTS = {  # of an entry (i, c): the pairs of entries of which the products, and the entries of which multiples are added up
    "sum": lambda at, E, W, i, c, *terms: ([], [(E(x, i, c), at.residue(factor)) for x, factor in terms]),
    "linear": lambda at, E, W, i, c, x, w, b, flip: (
        [(E(x, i, k), W(w, k, c) if flip else W(w, c, k)) for k in range(at.net.nodes[x][3])], [(W(b, 0, c), 1)] if b is not None else []),
    "scaled": lambda at, E, W, i, c, x, g, b, unit: ([(E(x, i, c), W(g, 0, c))] if g is not None else [], [(E(x, i, c), int(unit))]
        + ([(W(b, i if at.net.blocks[b][1] > 1 else 0, c), 1)] if b is not None else [])),
    "center": lambda at, E, W, i, c, x: ([], [(E(x, i, k), (k == c) - pow(at.net.nodes[x][3], -1, at.p)) for k in range(at.net.nodes[x][3])]),
    "product": lambda at, E, W, i, c, x, y: ([(E(x, i, c), E(y, i, c))], []),
    "scores": lambda at, E, W, i, j, q, k, behind, ahead: (
        [(E(q, i, c), E(k, j, c)) for c in range(at.net.nodes[q][3]) if i - behind <= j <= i + ahead], []),
    "mix": lambda at, E, W, i, c, w, v, behind, ahead: (
        [(E(w, i, j), E(v, j, c)) for j in at.net.sees(i, behind, ahead, at.net.nodes[v][2])], []),
    "rotation": lambda at, E, W, i, c, x, base, dim: ([], rotated(at, at.tables.get(((base, dim), i, c // 2)), E(x, i, c), c))}


def rotated(at, turn, e, c):  # (u, v) -> (u cos - v sin, u sin + v cos) on the coordinates 2m, 2m + 1
    return [(e, 1)] if turn is None else [(e, turn[0]), (e - 1, turn[1]) if c % 2 else (e + 1, -turn[1])]


def rotary_turns(rotaries):
    """For each rotary layer its frequencies base^(-2m/dim), as classes of those with rational ratios, and multiples in them."""
    groups, common, found = {}, {}, []
    for base, dim in rotaries:
        primes, q = {}, 2
        while base > 1:
            q = q if q * q <= base else base
            primes[q], base = (primes.get(q, 0) + 1, base // q) if base % q == 0 else (primes.get(q, 0), base)
            q += base % q > 0
        found.append([])
        for m in range(dim // 2):
            exponents = {q: Fraction(-2 * m * n, dim) for q, n in primes.items() if n}
            group = groups.setdefault(tuple((q, f % 1) for q, f in exponents.items() if f % 1), len(groups))
            ratio = math.prod((Fraction(q) ** (f // 1) for q, f in exponents.items()), start=Fraction(1))
            common[group] = math.lcm(common.get(group, 1), ratio.denominator)
            found[-1].append((group, ratio))
    return [[(group, int(ratio * common[group])) for group, ratio in all] for all in found]


def square_root(u, p):
    """The root that is at most (p - 1)/2; 0 if there is none (Tonelli and Shanks)."""
    if u == 0 or pow(u, (p - 1) // 2, p) != 1:
        return 0
    twos = (p - 1 & 1 - p).bit_length() - 1
    odd = (p - 1) >> twos
    z = pow(next(z for z in itertools.count(2) if pow(z, (p - 1) // 2, p) == p - 1), odd, p)
    root, rest = pow(u, (odd + 1) // 2, p), pow(u, odd, p)
    while rest != 1:
        k = next(k for k in itertools.count() if pow(rest, 2**k, p) == 1)
        step = pow(z, 2 ** (twos - k - 1), p)
        z, twos = step * step % p, k
        root, rest = root * step % p, rest * z % p
    return min(root, p - root)


# ---- The evidence (docs/certificate.md) -----------------------------------------------------------------------------
class Echelon:
    """Rows modulo p, in echelon form as they come. `determinant` is theirs, if they are as many as their columns."""

    def __init__(self, p):
        self.p, self.rows, self.determinant = p, [], 1

    def add(self, row):
        p = self.p
        for pivot, other in self.rows:
            if row[pivot]:
                factor = row[pivot]
                row = [(x - factor * y) % p for x, y in zip(row, other)]
        pivot = next((j for j, x in enumerate(row) if x), None)
        if pivot is None:
            return False
        sign = (-1) ** sum(other > pivot for other, _ in self.rows)
        self.determinant = self.determinant * sign * row[pivot] % p
        inverse = pow(row[pivot], -1, p)
        self.rows.append((pivot, [x * inverse % p for x in row]))
        return True


def afford(where, operations, entries=0, residues=0):
    demand(operations < OPERATIONS and entries < ENTRIES and residues < RESIDUES, where, "less work")


def admissible(net, text, where):
    p = int(text)
    demand(is_prime(p) and p > net.exponent and all(n % p for n in net.divisors), where, "a prime, above exponents, dividing no denominator")
    return p


def check_independence(net, stated, where):
    """Ax's theorem, and Kummer theory for roots: what must be independent has full rank modulo a prime, so it has full rank."""
    if not net.checks and not net.roots:
        return demand(stated is None, where, "no such field, as nothing must be independent")
    read(stated, where, POINT + "inputs:size parameters:size?")
    seed, points = int(read(stated["point"], where + ".point", "seed:seed")["seed"]), stated.get("parameters", 1)
    demand(stated.get("parameters") != 1, where, "no default value")
    p = admissible(net, stated["prime"], where + ".prime")
    widths = [points + sum(size_of(net, m) for m in parts) for parts in net.checks.values()]
    entries, runs = sum(w * w for w in widths), points * stated["inputs"]
    afford(where, runs * (2**8 + net.work * 8 + entries), net.N + entries, points * net.N + runs * net.drawn)
    matrices = {n: Echelon(p) for n in net.checks} | {n: Echelon(2) for n in net.roots}
    for m in range(points):
        at = Point(net, p, seed + m)
        def observe(n):
            row = [int(m == k) for k in range(points)]
            if n in net.checks:
                matrices[n].add(row + [value for part in net.checks[n] for value in arguments(net, at, part)])
            elif n in net.roots and 0 not in at.radicands:
                matrices[n].add(row + [int(pow(u, (p - 1) // 2, p) != 1) for u in at.radicands])
        for _ in range(stated["inputs"]):
            at.draw()
            at.evaluate(observe)
    wanted = widths + [points + net.nodes[n][2] for n in net.roots]
    demand([len(matrix.rows) for matrix in matrices.values()] == wanted, where, "independent exponent arguments and radicands")


def size_of(net, n):
    return net.draws[n][1]


def arguments(net, at, n):  # the exponent arguments of a step, or its logarithms
    op, args, tokens, width = net.nodes[n]
    first = net.N + net.base[n if op == "log" else args[0]]
    if op == "softmax":
        places = {k: i * width + j for (i, j), k in sorted(net.numbers[n].items(), reverse=True)}
        return [at.val[first + places[k]] for k in range(len(places))]
    return at.val[first : first + tokens * width]


def check_lower(net, certificate, quick):
    """The minor is not 0: by elimination, or if it is `quick`, by a witness that a singular one has with probability 2^-128 only."""
    where, lower = "certificate.lowerBound", certificate["lowerBound"]
    read(lower, where, POINT + "method:any rows:indices columns:indices determinant:decimal retries:list witness:any?")
    for i, retry in enumerate(lower["retries"]):
        read(retry, f"{where}.retries[{i}]", "prime:decimal seed:seed rank:count")
    rows, columns, (tokens, width) = lower["rows"], lower["columns"], net.nodes[net.output][2:]
    r, p = len(rows), admissible(net, lower["prime"], where + ".prime")
    seed = int(read(lower["point"], where + ".point", "seed:seed")["seed"])
    demand(lower["method"] == "jacobian-minor" and len(columns) == r == certificate["claim"]["lower"], where, "a minor of the order claimed")
    demand(r == 0 or columns[-1] < net.N, where + ".columns", f"columns below {net.N}")
    demand(0 < int(lower["determinant"]) < p, where + ".determinant", "a residue that is not 0")
    witness, count = [], next(k for k in itertools.count() if p**k > 2**128)
    if "witness" in lower:
        read(lower["witness"], where + ".witness", "method:any solutions:list")
        solutions = lower["witness"]["solutions"]
        sizes = all(isinstance(x, list) and len(x) == r for x in solutions) and len(solutions) == count
        demand(lower["witness"]["method"] == "solutions" and sizes, where + ".witness", f"{count} solutions, of {r} residues")
        fits = all(isinstance(v, str) and re.fullmatch(COUNT % 19, v) and int(v) < p for x in solutions for v in x)
        demand(fits, where + ".witness", "residues")
        bare = {key: value for key, value in lower.items() if key != "witness"}
        commitment = digest({**{k: v for k, v in certificate.items() if k != "digest"}, "lowerBound": bare})
        sides = Point.stream(type("Seed", (), {"p": p, "seed": commitment}), "witness")
        for x in solutions:
            direction = [0] * net.N
            for column, value in zip(columns, x):
                direction[column] = int(value)
            witness.append((direction, list(itertools.islice(sides, r))))
    inputs, named = rows[-1] // (tokens * width) + 1 if r else 0, min(r, rows[-1] // (tokens * width) + 1 if r else 0)
    each = net.work * (8 + 2 * len(witness)) + (0 if quick else 2 * min(r, tokens * width) * (net.work + net.N))
    entries = (1 + len(witness)) * net.N + r * r
    afford(where, named * each + (0 if quick else r**3), entries, net.N + inputs * net.drawn)
    at, minor = Point(net, p, seed), Echelon(p)
    for place, row in enumerate(rows):
        input, output = divmod(row, tokens * width)
        if input > at.input:
            while at.input < input:
                at.draw()
            demand(at.evaluate(), f"{where}.rows[{place}]", "a row of an input that is not skipped")
            along = [at.along(direction) for direction, _ in witness]
        e = net.N + net.base[net.output] + output
        demand(all(by[e] == side[place] for by, (_, side) in zip(along, witness)), where + ".witness", "solutions")
        if not quick:
            gradient = at.gradient(e)
            demand(minor.add([gradient[column] for column in columns]), f"{where}.rows[{place}]", "a row independent of those before")
    demand(quick or minor.determinant == int(lower["determinant"]), where + ".determinant", minor.determinant)
    return p, (p**count).bit_length() - 1


def own_run(net, upper, inputs, where):
    """The rank of the Jacobian at a random point, which is at most the dimension. Above the bound it refutes it; None if too large."""
    while True:
        p = secrets.randbelow(2**25) + 2**25
        if not is_prime(p) or p <= net.exponent or not all(n % p for n in net.divisors):
            continue
        at, echelon, (tokens, width) = Point(net, p, secrets.randbelow(2**128)), Echelon(p), net.nodes[net.output][2:]
        for input in itertools.count():
            at.draw()
            if not at.evaluate():
                if net.roots:
                    continue
                break
            before = len(echelon.rows)
            for output in range(tokens * width):
                echelon.add(at.gradient(net.N + net.base[net.output] + output))
                demand(len(echelon.rows) <= upper, where, "an upper bound: this one is refuted by a rank at a random point")
            if len(echelon.rows) == before:
                return before
            demand(inputs is None or input < inputs, where + ".inputs", "a rank that stays after them")


def check_upper(net, certificate, report):
    """Recomputes the upper bound of the claim from the network alone."""
    where, upper, network = "certificate.upperBound", certificate["upperBound"], certificate["network"]
    plain = {"kind", "normalization", "headDim", "valueDim", "outputDim", "causal", "label"}
    stack = all(layer is not None and layer.keys() <= plain for layer in net.stack)
    method = upper.get("method") if isinstance(upper, dict) else None
    demand(method in (["closed-form"] if stack else ["gauge", "ambient"]), where + ".method", "a method for this network")
    extra = {"closed-form": "terms:any", "gauge": POINT + "rank:count", "ambient": ""}[method]
    read(upper, where, "method:any statement:text " + extra)
    if method == "closed-form":
        statement = "closed form for stacks of single-head attention layers (docs/closed-form.md): upper = scores + flag + output - scales"
        terms = closed_form(network["inputDim"], network["sequenceLength"], net.stack)
        demand(canonical(upper["terms"]) == canonical(terms), where + ".terms", terms)
        bound = terms["scores"] + terms["flag"] + terms["output"] - terms["scales"]
    elif method == "gauge":
        statement = "parameters less the rank of the known symmetries at a point (docs/gauge.md): upper = parameters - rank"
        read(upper["point"], where + ".point", "seed:seed")
        demand(admissible(net, upper["prime"], where) < 2**26, where + ".prime", "a prime below 2^26")
        bound = net.N - upper["rank"]
    else:
        statement, bound = "the number of parameters", net.N
        if upper["statement"] != statement:
            statement, bound = polynomial_maps(net, network["inputDim"])
    demand(upper["statement"] == statement, where + ".statement", statement)
    demand(certificate["claim"]["upper"] == bound, "certificate.claim.upper", bound)
    return method


def closed_form(d_0, t, stack):  # in the letters of docs/closed-form.md, which proves it
    l, softmax = len(stack), [None] + [layer["normalization"] == "softmax" for layer in stack]
    d, a = [d_0] + [layer["outputDim"] for layer in stack], [0] + [layer["headDim"] for layer in stack]
    w = [0] + [min(layer["outputDim"], layer.get("valueDim", layer["outputDim"])) for layer in stack]
    q = [0] + [0 if softmax[i] and t == 1 else 2 * a[i] for i in range(1, l + 1)]
    e, r = w[:], [d_0]
    for i in range(l - 1, 0, -1):
        e[i] = min(w[i], q[i + 1] + e[i + 1])
    for i in range(1, l):
        r.append(min(r[i - 1], e[i]))
    alpha = [0] + [min(a[i], r[i - 1]) for i in range(1, l + 1)]
    single = (i for i in range(1, l + 1) if alpha[i] == 1 and not softmax[i] and "causal" not in stack[i - 1])
    k = 0 if t == 1 else next(single, l)
    scores = 0
    for i in range(1, l + 1):
        s = min(2 * a[i], r[i - 1])
        if not softmax[i] or t > 1:
            scores += alpha[i] * (2 * r[i - 1] - alpha[i]) if i <= k else s * r[i - 1] - s * (s - 1) // 2
    rho = min(w[l], r[l - 1])
    flag = sum(r[i] * (r[i - 1] - r[i]) for i in range(1, l))
    return {"scores": scores, "flag": flag, "output": rho * (d[l] + r[l - 1] - rho), "scales": softmax[1:].count(False)}


def polynomial_maps(net, d_0):
    """The space of all polynomial maps of a token with the degrees that the operations give (docs/gauge.md)."""
    degrees = []
    for n, (op, args, tokens, width) in enumerate(net.nodes):
        known = [degrees[x] for x in net.operands(n)]
        found = {1} if args == ("input",) else None
        if None not in known and op in ("sum", "linear", "scaled", "center", "product", "power"):
            found = set().union(*known)
            if op in ("linear", "scaled") and args[2] is not None:
                found.add(0)
            if op == "product":
                found = {a + b for a in known[0] for b in known[1]}
            if op == "power" and len(found) == 1:
                found = {a * args[1] for a in found}
            elif op == "power":
                step, found = found, {0} if args[1] <= 64 else None
                for _ in range(args[1] if found else 0):
                    found = {a + b for a in found for b in step}
                    found = found if len(found) <= 2**10 else set(range(2**10))
        degrees.append(found if found is not None and len(found) <= 64 and max(found, default=0) <= 2**30 else None)
    found, (tokens, width) = degrees[net.output], net.nodes[net.output][2:]
    demand(found is not None, "certificate.upperBound.statement", "the number of parameters")
    copies = tokens if any(op == "scaled" and args[2] is not None and net.blocks[args[2]][1] > 1 for op, args, *_ in net.nodes) else 1
    demand(all(min(k, d_0 - 1) < 64 for k in found), "certificate.upperBound", "fewer monomials")
    space = sum(math.comb(d_0 + k - 1, k) for k in found) * width * copies
    listed = ", ".join(map(str, sorted(found)))
    words = f"all polynomial maps of a token: degrees {listed} in {d_0} variables, {width} coordinates"
    return words + (f", {copies} tokens" if copies > 1 else ""), space


def check_probable(certificate):
    where, bound, claim = "certificate.probableUpperBound", certificate["probableUpperBound"], certificate["claim"]
    read(bound, where, POINT + "method:any statement:any upper:count errorProbability:text inputs:count")
    read(bound["point"], where + ".point", "seed:seed")
    statement = "Monte Carlo: at a random point modulo a random prime one more input does not raise the rank of the Jacobian (docs/monte-carlo.md)"
    demand((bound["method"], bound["statement"]) == ("probabilistic", statement), where, statement)
    demand(2**60 < int(bound["prime"]) < 2**61 and is_prime(int(bound["prime"])), where + ".prime", "a prime from 2^60 to 2^61")
    demand(claim["lower"] <= bound["upper"] < claim["upper"] and bound["inputs"] <= bound["upper"], where, "a bound between those of the claim")
    demand(re.fullmatch(r"2\^-[1-9][0-9]{0,14}", bound["errorProbability"]), where + ".errorProbability", "a power of two")
    return bound


def check_dimension(certificate, quick):
    where = "certificate"
    read(certificate, where, "format:any version:any kind:text network:any claim:any lowerBound:any upperBound:any digest:any "
         "independence:any? probableUpperBound:any?")  # fmt: skip
    claim = read(certificate["claim"], where + ".claim", "parameters:count lower:count upper:count exact:boolean")
    net, report = Network(certificate["network"]), {"proved": [], "probable": [], "open": []}
    demand(claim["parameters"] == net.N, where + ".claim.parameters", net.N)
    demand(claim["lower"] <= claim["upper"], where + ".claim.lower", f"at most {claim['upper']}")
    demand(claim["exact"] == (claim["lower"] == claim["upper"]), where + ".claim.exact", claim["lower"] == claim["upper"])
    logs = [net.terms[net.nodes[n][1][0]] for n in range(len(net.nodes)) if net.nodes[n][0] == "log"]
    new = all(u and plus({}, -1, u) not in logs for u in logs)  # log(1 + e^-u) = log(1 + e^u) - u
    demand(new, where + ".network", "softplus of no 0, and not of u and -u")
    method = check_upper(net, certificate, report)
    probable = check_probable(certificate) if "probableUpperBound" in certificate else None
    check_independence(net, certificate.get("independence"), where + ".independence")
    p, bits = check_lower(net, certificate, quick)
    minor = f"dimension at least {claim['lower']}: a minor of that order of the Jacobian is not 0 modulo {p}"
    if quick:
        report["probable"].append(f"{minor}; error probability at most 2^-{bits}, if SHA-256 behaves like a random function")
    else:
        report["proved"].append(minor)
    if net.checks or net.roots:
        report["proved"].append("independence of exponentials and square roots, on which the lower bound rests")
    rows = (claim["upper"] + 2 * math.prod(net.nodes[net.output][2:])) * net.N
    cheap = rows * claim["upper"] + (claim["upper"] + 2) * net.work * 8 < OPERATIONS and net.N * claim["upper"] < ENTRIES
    if method != "gauge":
        report["proved"].append(f"dimension at most {claim['upper']}: {certificate['upperBound']['statement']}")
    else:
        if cheap and probable is None:
            own_run(net, claim["upper"], None, where + ".upperBound")
        words = "a rank at a random point does not refute it" if cheap else "the rank at a random point would take too long"
        report["open"].append(f"dimension at most {claim['upper']}: the symmetries are not checked here (dimcert verify does); {words}")
    if probable is not None:
        demand(cheap, where + ".probableUpperBound", "less work")
        own_run(net, probable["upper"], probable["inputs"], where + ".probableUpperBound")
        words = f"error probability {probable['errorProbability']} as stated, not recomputed here; a run at a random point of our own agrees"
        report["probable"].append(f"dimension at most {probable['upper']}: {words}")
    exact = ", exact" if claim["exact"] and not report["probable"] + report["open"] else ""
    return f"dimension {claim['lower']}" + (f" to {claim['upper']}" if not claim["exact"] else "") + f" of {net.N} parameters{exact}", report


# ---- Ranks of matrices ----------------------------------------------------------------------------------------------
def entries_of(listing, where, p):
    """The rows of a listed matrix, as dictionaries of the entries that are not 0: residues modulo p, or integers if p is None."""
    read(listing, where, "rows:count cols:count dense:any? sparse:any?")
    m, n, dense = listing["rows"], listing["cols"], listing.get("dense")
    demand(("dense" in listing) != ("sparse" in listing), where, "either dense or sparse rows")
    rows = [[i, range(n), values] for i, values in enumerate(dense)] if isinstance(dense, list) else listing.get("sparse")
    demand(isinstance(rows, list) and (dense is None or len(rows) == m), where, "rows")
    number, listed, found = re.compile("0|-?[1-9][0-9]{0,131071}" if p is None else "0|[1-9][0-9]{0,19}"), -1, {}
    for row in rows:
        demand(isinstance(row, list) and len(row) == 3, where, "[row, columns, values]")
        i, columns, values = row
        demand(type(i) is int and listed < i < m and isinstance(values, list) and len(columns) == len(values), where, "ascending rows, as long as stated")
        if dense is None:
            fits = isinstance(columns, list) and all(type(j) is int and 0 <= j < n for j in columns)
            demand(fits and columns and all(a < b for a, b in zip(columns, columns[1:])), where, "ascending columns")
        demand(all(isinstance(v, str) and number.fullmatch(v) and (p is None or int(v) < p) for v in values), where, "entries of the field")
        found[i], listed = {j: int(v) for j, v in zip(columns, values) if v != "0"}, i
        demand(dense is not None or len(found[i]) == len(values), where, "entries that are not 0")
    return found


def check_rank(certificate):
    where, over_q = "certificate", certificate.get("field") == "Q"
    read(certificate, where, "format:any version:any kind:any matrix:any claim:any lowerBound:any upperBound:any digest:any "
         + ("field:any" if over_q else "prime:decimal"))  # fmt: skip
    claim = read(certificate["claim"], where + ".claim", "lower:count upper:count exact:true")
    lower = read(certificate["lowerBound"], where + ".lowerBound", "method:any rows:indices columns:indices determinant:decimal "
                 + ("prime:decimal" if over_q else ""))  # fmt: skip
    upper = read(certificate["upperBound"], where + ".upperBound", "method:text coefficients:any? multipliers:any?")
    p = int(lower["prime"] if over_q else certificate["prime"])
    demand(is_prime(p), where + ".prime", "a prime below 2^64")
    A = entries_of(certificate["matrix"], where + ".matrix", None if over_q else p)
    m, n, R, C = certificate["matrix"]["rows"], certificate["matrix"]["cols"], lower["rows"], lower["columns"]
    r, method = len(R), upper["method"]
    demand(lower["method"] == "minor" and len(C) == r == claim["lower"] == claim["upper"], where, "a minor of the order claimed")
    demand(r == 0 or R[-1] < m and C[-1] < n, where + ".lowerBound", "rows and columns of the matrix")
    afford(where + ".lowerBound", r**3, r * r)
    minor = Echelon(p)
    for place, i in enumerate(R):
        independent = minor.add([A.get(i, {}).get(j, 0) % p for j in C])
        demand(independent, f"{where}.lowerBound.rows[{place}]", "a row independent of those before")
    demand(minor.determinant % p == int(lower["determinant"]), where + ".lowerBound.determinant", minor.determinant)
    methods = ("shape",) if r == min(m, n) else ("row-combinations", "column-combinations")
    demand(method in methods, where + ".upperBound.method", " or ".join(methods))
    if method == "shape":
        demand(len(upper) == 1, where + ".upperBound", "no coefficients")
    else:  # the lines outside the minor are combinations of those inside it, so that the rank is not greater
        lines, inside, count = (A, R, m) if method == "row-combinations" else ({}, C, n)
        for i, row in A.items() if lines is not A else ():
            for j, value in row.items():
                lines.setdefault(j, {})[i] = value
        X = entries_of(upper.get("coefficients"), where + ".upperBound.coefficients", None if over_q else p)
        size = upper["coefficients"]["rows"], upper["coefficients"]["cols"]
        demand(size == (count - r, r), where + ".upperBound.coefficients", f"{count - r} x {r} coefficients")
        multipliers = upper.get("multipliers", [])
        fits = isinstance(multipliers, list) and all(isinstance(d, str) and re.fullmatch("[1-9][0-9]{0,131071}", d) for d in multipliers)
        demand(fits and len(multipliers) == (count - r if over_q else 0) and ("multipliers" in upper) == over_q, where + ".upperBound", "multipliers")
        long = 1 if not over_q else max((abs(v).bit_length() // 64 for x in X.values() for v in x.values()), default=0) + 1
        afford(where + ".upperBound", count + 4 * long * sum(len(lines.get(inside[j], ())) for x in X.values() for j in x))
        outside = set(inside)
        for place, i in enumerate(i for i in range(count) if i not in outside):
            total = {}
            for j, factor in X.get(place, {}).items():
                for at, value in lines.get(inside[j], {}).items():
                    total[at] = total.get(at, 0) + factor * value
            expected = {at: value * int(multipliers[place]) if over_q else value for at, value in lines.get(i, {}).items()}
            total = {at: value for at, value in ((at, v if over_q else v % p) for at, v in total.items()) if value}
            demand(total == expected, f"{where}.upperBound.coefficients[{place}]", "the coefficients of the line")
    field = "over Q" if over_q else f"modulo {p}"
    proved = [f"rank at least {r}: a minor of that order is not 0 modulo {p}", f"rank at most {r}: " + (
        f"a {m} x {n} matrix has no greater one" if method == "shape" else "all other lines are combinations of those of the minor")]  # fmt: skip
    return f"rank {r} {field} of a {m} x {n} matrix", {"proved": proved, "probable": [], "open": []}


def verify(text, quick=False):
    """What is found, and the statements that are proved, probable and open. Raises Reject, or ValueError for no certificate of version 1."""
    SPENT[0] = 0
    try:
        value = json.loads(text, parse_constant=int, parse_int=lambda token: int(token) if len(token) < 20 else 0.5)
    except RecursionError:
        raise Reject("certificate: expected at most 200 levels") from None
    if not isinstance(value, dict) or (value.get("format"), value.get("version")) != ("dimcert-certificate", 1):
        raise ValueError("expected the format dimcert-certificate, version 1")
    bare = lambda json: re.sub(r'"(?:\\.|[^"\\])*"|\s', lambda m: '"' * (m[0][0] == '"'), json)
    demand(len(text) < (2**27 if value.get("kind") == "rank" else 2**22), "certificate", "fewer characters")
    demand(len(bare(text)) == len(bare(canonical(value))), "certificate", "every key once, and integers without fraction or exponent")
    body = {key: value[key] for key in value if key != "digest"}
    kind = value.get("kind")
    demand(kind in ("dimension", "rank"), "certificate.kind", "dimension or rank")
    lower = value.get("lowerBound")
    if quick and not (isinstance(lower, dict) and "witness" in lower):
        raise ValueError("expected a certificate with a witness for --quick")
    result = check_rank(value) if kind == "rank" else check_dimension(value, quick)
    demand(value["digest"] == digest(body), "certificate.digest", digest(body))
    return result


def main(arguments):
    names = [argument for argument in arguments if argument != "--quick"]
    if len(names) != 1 or names[0].startswith("-") and names[0] != "-":
        print(__doc__)
        return 0 if names in (["--help"], ["-h"]) else 2
    try:
        with open(0 if names[0] == "-" else names[0], encoding="utf-8") as file:
            title, report = verify(file.read(), "--quick" in arguments)
    except Reject as fault:
        print("rejected:", fault)
        return 1
    except (OSError, ValueError) as fault:
        print(f"{names[0]}: {fault}", file=sys.stderr)
        return 2
    print("accepted:", title)
    for kind, statements in report.items():
        for statement in statements:
            print(f"  {kind}: {statement}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
