import type { Places } from './scalar-program.ts';

/** What a script is made of: the minor's prime, order and determinant, and the function that evaluates the network. */
export interface MinorScript {
  readonly about: readonly string[];
  readonly prime: string;
  readonly determinant: string;
  readonly parameters: readonly string[];
  readonly inputs: readonly {
    readonly tokens: readonly string[];
    readonly drawn: readonly string[];
    /** Of its named rows the outputs, from 0. */
    readonly outputs: readonly number[];
  }[];
  /** From 0. */
  readonly columns: readonly number[];
  readonly assignments: readonly (readonly [name: string, expression: string])[];
  readonly outputs: readonly string[];
}

/** A matrix modulo a prime, or of integers, whose rank is claimed. */
export interface MatrixScript {
  readonly about: readonly string[];
  /** Null over Q. */
  readonly prime: string | null;
  readonly rows: number;
  readonly cols: number;
  readonly entries: readonly (readonly string[])[];
  readonly rank: number;
}

/** A computer algebra system: how a script is written for it. */
export interface System {
  /** How the script is run, for its head. */
  readonly run: string;
  readonly places: Places;
  minor(script: MinorScript): string;
  matrix(script: MatrixScript): string;
}

const lines = (...parts: (string | readonly string[])[]): string => `${parts.flat().join('\n')}\n`;

/** Items in lines of a readable length. */
function wrapped(items: readonly string[], separator = ', '): string {
  const found: string[] = [];
  let line = '';
  for (const [n, item] of items.entries()) {
    const piece = item + (n < items.length - 1 ? separator : '');
    if (line !== '' && line.length + piece.length > 110) {
      found.push(line.trimEnd());
      line = '';
    }
    line += piece;
  }
  return [...found, line].join('\n  ');
}

const numbers = (values: readonly (string | number)[]): string => wrapped(values.map(String));

const pari: System = {
  run: 'gp -q FILE',
  places: { parameter: (n) => `t[${n + 1}]`, token: (n) => `x[${n + 1}]`, drawn: (n) => `u[${n + 1}]` },
  minor: (script) =>
    lines(
      script.about.map((line) => `\\\\ ${line}`),
      'default(parisizemax, "4G");',
      'default(recover, 0);',
      `p = ${script.prime};`,
      '\\\\ Numbers a + b*e with e^2 = 0: b is a derivative.',
      'part(z, k) = polcoef(z + O(e^2), k);',
      'inv(z) = 1/z;',
      'infinitesimal(z) = part(z, 1)*e + O(e^2);',
      'expo(z, E) = E*(1 + infinitesimal(z));',
      'loga(z, s, L) = L + part(s, 0)*infinitesimal(z);',
      'root(u, r) = if(r^2 != part(u, 0), error("a root that is none")); r*(1 + infinitesimal(u)/(2*part(u, 0)));',
      'network(t, x, u) =',
      '{',
      script.assignments.map(([name, expression]) => `${name} = ${expression};`),
      `[${wrapped(script.outputs)}]`,
      '};',
      `{point = Mod([${numbers(script.parameters)}], p);}`,
      `{columns = [${numbers(script.columns.map((n) => n + 1))}];}`,
      `M = matrix(#columns, #columns);`,
      'row = 0;',
      'rows(tokens, drawn, outputs) =',
      '{',
      'for(c = 1, #columns,',
      '  moved = point; moved[columns[c]] += e + O(e^2);',
      '  y = network(moved, Mod(tokens, p), Mod(drawn, p));',
      '  for(k = 1, #outputs, M[row + k, c] = part(y[outputs[k]], 1)));',
      'row += #outputs;',
      '};',
      script.inputs.map(
        ({ tokens, drawn, outputs }) =>
          `{rows([${numbers(tokens)}], [${numbers(drawn)}], [${numbers(outputs.map((n) => n + 1))}]);}`,
      ),
      `if(matrank(M) != ${script.columns.length}, error("the minor is singular"));`,
      `if(matdet(M) != Mod(${script.determinant}, p), error("another determinant"));`,
      `print("confirmed: the rank of the Jacobian is at least ${script.columns.length}");`,
      'quit',
    ),
  matrix: ({ about, prime, rows, cols, entries, rank }) =>
    lines(
      about.map((line) => `\\\\ ${line}`),
      'default(parisizemax, "4G");',
      'default(recover, 0);',
      `A = matrix(${rows}, ${cols});`,
      entries.map((row, i) => `{A[${i + 1},] = [${numbers(row)}];}`),
      prime === null ? '' : `A = Mod(A, ${prime});`,
      `if(${rank} != if(#A == 0 || ${rows} == 0, 0, matrank(A)), error("another rank"));`,
      `print("confirmed: the rank is ${rank}");`,
      'quit',
    ),
};

const sage: System = {
  run: 'sage FILE.sage',
  places: { parameter: (n) => `t[${n}]`, token: (n) => `x[${n}]`, drawn: (n) => `u[${n}]` },
  minor: (script) =>
    lines(
      script.about.map((line) => `# ${line}`),
      `p = ${script.prime}`,
      '# Numbers a + b*e with e^2 = 0: b is a derivative.',
      'R.<e> = PowerSeriesRing(GF(p), default_prec=2)',
      'def inv(z): return 1/(R(z) + O(e^2))',
      'def infinitesimal(z): return R(z)[1]*e + O(e^2)',
      'def expo(z, E): return E*(1 + infinitesimal(z))',
      'def loga(z, s, L): return L + R(s)[0]*infinitesimal(z)',
      'def root(u, r):',
      '    assert r^2 == R(u)[0], "a root that is none"',
      '    return r*(1 + infinitesimal(u)/(2*R(u)[0]))',
      'def network(t, x, u):',
      script.assignments.map(([name, expression]) => `    ${name} = ${expression}`),
      `    return [${wrapped(script.outputs)}]`,
      `theta = [GF(p)(n) for n in [${numbers(script.parameters)}]]`,
      `columns = [${numbers(script.columns)}]`,
      'rows = []',
      'def add_rows(tokens, drawn, outputs):',
      '    derivatives = []',
      '    for column in columns:',
      '        moved = [R(n) for n in theta]',
      '        moved[column] += e',
      '        y = network(moved, [GF(p)(n) for n in tokens], [GF(p)(n) for n in drawn])',
      '        derivatives.append([R(y[k])[1] for k in outputs])',
      '    rows.extend(zip(*derivatives))',
      script.inputs.map(
        ({ tokens, drawn, outputs }) =>
          `add_rows([${numbers(tokens)}], [${numbers(drawn)}], [${numbers(outputs)}])`,
      ),
      `M = matrix(GF(p), ${script.columns.length}, ${script.columns.length}, [list(row) for row in rows])`,
      `assert M.rank() == ${script.columns.length}, "the minor is singular"`,
      `assert M.det() == ${script.determinant}, "another determinant"`,
      `print("confirmed: the rank of the Jacobian is at least ${script.columns.length}")`,
    ),
  matrix: ({ about, prime, rows, cols, entries, rank }) =>
    lines(
      about.map((line) => `# ${line}`),
      `A = matrix(${prime === null ? 'QQ' : `GF(${prime})`}, ${rows}, ${cols}, [`,
      entries.map((row) => `  ${numbers(row)},`),
      '])',
      `assert A.rank() == ${rank}, "another rank"`,
      `print("confirmed: the rank is ${rank}")`,
    ),
};

const macaulay2: System = {
  run: 'M2 --script FILE.m2',
  places: { parameter: (n) => `t#${n}`, token: (n) => `x#${n}`, drawn: (n) => `u#${n}` },
  minor: (script) =>
    lines(
      script.about.map((line) => `-- ${line}`),
      `F = ZZ/${script.prime}`,
      '-- Numbers a + b*e with e^2 = 0: b is a derivative.',
      'R = F[e]/(e^2)',
      'value0 = z -> coefficient(1_R, promote(z, R))',
      'slope = z -> coefficient(e, promote(z, R))',
      'inv = z -> (a := 1/(value0 z); promote(a, R) - promote(a*a*(slope z), R)*e)',
      'infinitesimal = z -> promote(slope z, R)*e',
      'expo = (z, E) -> promote(E, R)*(1 + infinitesimal z)',
      'loga = (z, s, L) -> promote(L, R) + promote(value0 s, R)*(infinitesimal z)',
      'root = (w, r) -> (a := value0 w; s := value0 r; if s^2 != a then error "a root that is none";',
      '  promote(s, R)*(1 + promote(1/(2*a), R)*(infinitesimal w)))',
      'network = (t, x, u) -> (',
      script.assignments.map(([name, expression]) => `${name} := ${expression};`),
      `{${wrapped(script.outputs)}})`,
      `theta = apply({${numbers(script.parameters)}}, n -> promote(n_F, R))`,
      `columns = {${numbers(script.columns)}}`,
      'rows = (tokens, drawn, outputs) -> transpose apply(columns, column -> (',
      '  moved := apply(#theta, k -> if k == column then theta#k + e else theta#k);',
      '  y := network(moved, apply(tokens, n -> promote(n_F, R)), apply(drawn, n -> promote(n_F, R)));',
      '  apply(outputs, k -> slope(y#k))))',
      `M = matrix(F, ${script.inputs
        .map(
          ({ tokens, drawn, outputs }) =>
            `rows({${numbers(tokens)}}, {${numbers(drawn)}}, {${numbers(outputs)}})`,
        )
        .join(' |\n  ')})`,
      `if rank M != ${script.columns.length} then error "the minor is singular"`,
      `if det M != ${script.determinant}_F then error "another determinant"`,
      `print "confirmed: the rank of the Jacobian is at least ${script.columns.length}"`,
    ),
  matrix: ({ about, prime, rows, cols, entries, rank }) =>
    lines(
      about.map((line) => `-- ${line}`),
      `K = ${prime === null ? 'QQ' : `ZZ/${prime}`}`,
      rows === 0 || cols === 0
        ? `A = map(K^${rows}, K^${cols}, 0)`
        : [
            `A = matrix(K, {`,
            wrapped(
              entries.map((row) => `{${numbers(row)}}`),
              ',\n  ',
            ),
            '})',
          ],
      `if rank A != ${rank} then error "another rank"`,
      `print "confirmed: the rank is ${rank}"`,
    ),
};

const magma: System = {
  run: 'magma FILE.m',
  places: pari.places,
  minor: (script) =>
    lines(
      script.about.map((line) => `// ${line}`),
      `F := GF(${script.prime});`,
      '// Numbers a + b*e with e^2 = 0: b is a derivative.',
      'R<e> := PowerSeriesRing(F, 2);',
      'inv := func<z | 1/(R!z)>;',
      'infinitesimal := func<z | Coefficient(R!z, 1)*e>;',
      'expo := func<z, E | E*(1 + infinitesimal(z))>;',
      'loga := func<z, s, L | L + Coefficient(R!s, 0)*infinitesimal(z)>;',
      'root := function(u, r)',
      '  assert Coefficient(R!r, 0)^2 eq Coefficient(R!u, 0);',
      '  return r*(1 + infinitesimal(u)/(2*Coefficient(R!u, 0)));',
      'end function;',
      'network := function(t, x, u)',
      script.assignments.map(([name, expression]) => `${name} := ${expression};`),
      `return [R | ${wrapped(script.outputs)}];`,
      'end function;',
      `theta := [R | ${numbers(script.parameters)}];`,
      `columns := [${numbers(script.columns.map((n) => n + 1))}];`,
      'rows := function(tokens, drawn, outputs)',
      '  derivatives := [];',
      '  for column in columns do',
      '    moved := theta; moved[column] +:= e;',
      '    y := network(moved, [R | n : n in tokens], [R | n : n in drawn]);',
      '    Append(~derivatives, [Coefficient(y[k], 1) : k in outputs]);',
      '  end for;',
      '  return [[derivatives[c][k] : c in [1..#columns]] : k in [1..#outputs]];',
      'end function;',
      'found := [];',
      script.inputs.map(
        ({ tokens, drawn, outputs }) =>
          `found cat:= rows([${numbers(tokens)}], [${numbers(drawn)}], [${numbers(outputs.map((n) => n + 1))}]);`,
      ),
      'M := Matrix(F, found);',
      `assert Rank(M) eq ${script.columns.length};`,
      `assert Determinant(M) eq F!${script.determinant};`,
      `print "confirmed: the rank of the Jacobian is at least ${script.columns.length}";`,
      'quit;',
    ),
  matrix: ({ about, prime, rows, cols, entries, rank }) =>
    lines(
      about.map((line) => `// ${line}`),
      `A := Matrix(${prime === null ? 'Rationals()' : `GF(${prime})`}, ${rows}, ${cols}, [`,
      wrapped(entries.flat()),
      ']);',
      `assert Rank(A) eq ${rank};`,
      `print "confirmed: the rank is ${rank}";`,
      'quit;',
    ),
};

/** The systems that compute, by their names on the command line. */
export const systems = { sage, macaulay2, pari, magma } as const satisfies Record<string, System>;
