"""Writes oracle.json: values and gradients of operations by PyTorch in double precision, for oracle.rs.

    python -m venv venv && venv/bin/pip install torch numpy && venv/bin/python tests/ops/oracle.py

Inputs are multiples of 1/64, so that they are the same numbers in f32 and in the file.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(7)
cases = []


def values(*shape, low=-2.0, high=2.0):
    return torch.round((low + (high - low) * torch.rand(shape, dtype=torch.float64)) * 64) / 64


def plain(tensor):
    numbers = [float(f"{v:.13g}") for v in tensor.detach().flatten().tolist()]
    return {"shape": list(tensor.shape), "values": numbers}


def case(op, attributes, inputs, function):
    """Records function(*inputs), and the gradients of its sum weighted by `weights` at the float inputs."""
    inputs = [x.requires_grad_() if x.is_floating_point() else x for x in inputs]
    output = function(*inputs)
    record = {"op": op, "attributes": attributes, "inputs": [plain(x) for x in inputs], "output": plain(output)}
    record["index"] = [i for i, x in enumerate(inputs) if not x.is_floating_point()]
    if output.requires_grad:
        weights = values(*output.shape)
        floats = [x for x in inputs if x.is_floating_point()]
        record["weights"] = plain(weights)
        record["gradients"] = [plain(g) for g in torch.autograd.grad((output * weights).sum(), floats)]
    cases.append(record)


for x, w, stride, pads, dilation, groups in [
    ((2, 3, 7, 5), (4, 3, 3, 3), (1, 1), (1, 1), (1, 1), 1),
    ((1, 2, 8, 9), (3, 2, 3, 2), (2, 3), (0, 1), (1, 1), 1),
    ((2, 4, 9, 7), (6, 2, 3, 3), (2, 1), (2, 2), (2, 1), 2),
    ((1, 3, 6, 6), (3, 1, 2, 2), (1, 1), (0, 0), (3, 2), 3),
]:
    settings = {"stride": stride, "pads": [[p, p] for p in pads], "dilation": dilation, "groups": groups}
    case("conv2d", settings, [values(*x), values(*w)], lambda x, w: F.conv2d(x, w, None, stride, pads, dilation, groups))

pads = [[1, 0], [0, 2]]
settings = {"stride": (2, 2), "pads": pads, "dilation": (1, 1), "groups": 1}
case("conv2d", settings, [values(1, 2, 5, 6), values(3, 2, 3, 3)], lambda x, w: F.conv2d(F.pad(x, (0, 2, 1, 0)), w, None, 2))

for x, w, stride, padding, extra, dilation, groups in [
    ((2, 3, 4, 5), (3, 2, 3, 3), (2, 2), (1, 1), (1, 0), (1, 1), 1),
    ((1, 4, 3, 3), (4, 1, 2, 3), (3, 1), (0, 1), (2, 0), (1, 2), 2),
]:
    function = lambda x, w: F.conv_transpose2d(x, w, None, stride, padding, extra, groups, dilation)
    height, width = function(torch.zeros(x, dtype=torch.float64), torch.zeros(w, dtype=torch.float64)).shape[2:]
    settings = {"stride": stride, "pads": [[p, p] for p in padding], "dilation": dilation, "groups": groups, "size": [height, width]}
    case("conv2d_transpose", settings, [values(*x), values(*w)], function)

for shape, size, stride, padding in [((2, 3, 6, 8), (2, 2), (2, 2), (0, 0)), ((1, 2, 7, 5), (3, 3), (2, 1), (1, 1)), ((1, 1, 9, 7), (3, 2), (3, 3), (1, 0))]:
    settings = {"size": size, "stride": stride, "pads": [[p, p] for p in padding]}
    case("max_pool2d", settings, [values(*shape)], lambda x: F.max_pool2d(x, size, stride, padding))
    case("avg_pool2d", settings, [values(*shape)], lambda x: F.avg_pool2d(x, size, stride, padding, count_include_pad=False))

for shape, size in [((1, 2, 3, 5), (6, 10)), ((2, 1, 4, 4), (9, 7)), ((1, 2, 8, 6), (3, 4)), ((1, 1, 1, 2), (3, 3))]:
    case("nearest", {"size": size}, [values(*shape)], lambda x: F.interpolate(x, size, mode="nearest-exact"))
    case("bilinear", {"size": size}, [values(*shape)], lambda x: F.interpolate(x, size, mode="bilinear", align_corners=False))

for name, function in {
    "exp": torch.exp, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "softplus": F.softplus, "erf": torch.erf, "gelu": F.gelu,
    "relu": F.relu, "leaky_relu": lambda x: F.leaky_relu(x, 0.25), "sin": torch.sin, "cos": torch.cos, "abs": torch.abs,
    "floor": torch.floor, "sign": torch.sign, "log_softmax": lambda x: F.log_softmax(x, -1),
}.items():
    case(name, {}, [values(3, 5, low=-4, high=4)], function)
for name, function in {"log": torch.log, "sqrt": torch.sqrt, "rsqrt": torch.rsqrt, "recip": torch.reciprocal}.items():
    case(name, {}, [values(7, low=0.25, high=5)], function)
case("pow", {}, [values(11, low=0.25, high=3), values(11)], torch.pow)
for name, function in {"max": torch.maximum, "min": torch.minimum}.items():
    a = values(6)
    case(name, {}, [a, torch.cat([a[:3].detach(), values(3)])], function)
case("reduce_max", {"axes": [0, 2]}, [torch.round(values(3, 2, 4))], lambda x: x.amax((0, 2)))
case("mean", {"axes": [1]}, [values(3, 4, 2)], lambda x: x.mean(1))

for ta, tb in [(False, False), (True, False), (False, True), (True, True)]:
    a, b = values(2, *((3, 5) if not ta else (5, 3))), values(2, *((5, 4) if not tb else (4, 5)))
    case("matmul", {"ta": ta, "tb": tb}, [a, b], lambda a, b: (a.mT if ta else a) @ (b.mT if tb else b))

case("gather", {}, [values(5, 3), torch.tensor([[4, 0], [0, 2]])], lambda x, i: x[i])
case("argmax", {"axis": 1}, [values(3, 7, 2)], lambda x: x.argmax(1))
case("one_hot", {"depth": 6}, [torch.tensor([[4, 0, 5]])], lambda i: F.one_hot(i, 6).double())
case("pad", {"before": [0, 2], "after": [1, 0], "value": 0.5}, [values(2, 3)], lambda x: F.pad(x, (2, 0, 0, 1), value=0.5))

path = pathlib.Path(__file__).with_name("oracle.json")
path.write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
