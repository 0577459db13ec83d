"""SciPy values for tests/generate_frechet.rs. Run: python tests/oracle/frechet_scipy.py (scipy >= 1.10)."""

import numpy as np
from scipy.linalg import sqrtm


def features(n, d, phase, scale):
    """x[i, j] = scale * sin(phase + i + j²) + cos(i·j): n rows, d columns."""
    i, j = np.meshgrid(np.arange(n, dtype=np.float64), np.arange(d, dtype=np.float64), indexing="ij")
    return (scale * np.sin(phase + i + j * j) + np.cos(i * j)).astype(np.float32).astype(np.float64)


def distance(x, y):
    a, b = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    root = sqrtm(a @ b)
    return np.sum((x.mean(0) - y.mean(0)) ** 2) + np.trace(a + b - 2 * root.real)


for n, d in [(12, 3), (40, 6), (200, 16)]:
    print(n, d, repr(float(distance(features(n, d, 0.0, 1.0), features(n, d, 0.5, 2.0)))))
a = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, -1.0], [0.5, -1.0, 2.0]])
print([float(f"{v:.12g}") for v in sqrtm(a).flatten()])
