"""What a user of NumPy calls: the rank of the residues as floating-point numbers, by singular values.

Called like the native peers (peers.ts): numpy-rank.py p n r
"""

import os
import sys
import time

import numpy

p, n, r = (int(argument) for argument in sys.argv[1:4])
path = os.path.join(os.environ["PEERS_DATA"], f"p{p}_n{n}_r{r}.u64")
matrix = numpy.fromfile(path, dtype="<u8").astype(numpy.float64).reshape(n, n)
times = []
for _ in range(int(os.environ["PEERS_RUNS"])):
    start = time.perf_counter()
    rank = numpy.linalg.matrix_rank(matrix)
    times.append((time.perf_counter() - start) * 1e3)
    if sum(times) > 5000:
        break
median = float(numpy.median(times))
speed = 2 / 3 * n**3 * 1e-6 / median
fields = ["numpy", "matrix_rank", p, n, r, rank, f"{median:.2f}", f"{speed:.3f}", len(times), f"{min(times):.2f}"]
print(*fields, sep="\t")
