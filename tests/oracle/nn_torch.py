"""PyTorch values for tests/nn_values.rs: optimisers and batch norm. Run: python tests/oracle/nn_torch.py (torch >= 2, CPU)."""

import torch

torch.set_printoptions(precision=9)


def show(name, tensor):
    print(name, [float(f"{v:.9g}") for v in tensor.detach().flatten().tolist()])


def optimisers():
    """Three steps on f(w) = sum(c * w^2) / 2 from w = (1, -2), c = (1, 3); learning rate 0.1, weight decay 0.01."""
    c = torch.tensor([1.0, 3.0], dtype=torch.float64)
    rules = {
        "sgd": lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.01),
        "momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
        "nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
        "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.1, alpha=0.9, weight_decay=0.01),
        "adam": lambda p: torch.optim.Adam(p, lr=0.1, weight_decay=0.01),
        "adamw": lambda p: torch.optim.AdamW(p, lr=0.1, weight_decay=0.01),
    }
    for name, make in rules.items():
        w = torch.nn.Parameter(torch.tensor([1.0, -2.0], dtype=torch.float64))
        optimiser = make([w])
        for _ in range(3):
            optimiser.zero_grad()
            (c * w * w / 2).sum().backward()
            optimiser.step()
        show(name, w)


def batch_norm():
    """x[n, c, h, w] = sin(n + 2c + 3h + 5w), [2, 2, 2, 3]; scale (1.5, 0.5), shift (0.25, -1); two training steps, then evaluation."""
    n, c, h, w = torch.meshgrid(*(torch.arange(k, dtype=torch.float64) for k in (2, 2, 2, 3)), indexing="ij")
    x = torch.sin(n + 2 * c + 3 * h + 5 * w).requires_grad_()
    layer = torch.nn.BatchNorm2d(2, dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([1.5, 0.5]))
        layer.bias.copy_(torch.tensor([0.25, -1.0]))
    y = layer(x)
    (y**3).sum().backward()
    show("batch norm y", y[1])
    show("batch norm dx", x.grad[1])
    show("batch norm dscale", layer.weight.grad)
    show("batch norm dshift", layer.bias.grad)
    layer(2 * x + 1)
    show("running mean", layer.running_mean)
    show("running variance", layer.running_var)
    layer.eval()
    show("evaluation y", layer(x)[1])


def clipping():
    """Gradients (3, 4) and (12) under a norm of 6.5, half of theirs."""
    a, b = torch.zeros(2, requires_grad=True), torch.zeros(1, requires_grad=True)
    a.grad, b.grad = torch.tensor([3.0, 4.0]), torch.tensor([12.0])
    torch.nn.utils.clip_grad_norm_([a, b], 6.5)
    show("clipped", torch.cat([a.grad, b.grad]))


def losses():
    """Cross-entropy of logits (1, 2, 3), (1000, 0, -1000) with labels 0, 1; binary forms of z = -3, 0.5, 40 with y = 1, 0.25, 0."""
    logits = torch.tensor([[1.0, 2.0, 3.0], [1000.0, 0.0, -1000.0]], dtype=torch.float64)
    show("cross-entropy", torch.nn.functional.cross_entropy(logits, torch.tensor([0, 1]), reduction="none"))
    z, y = torch.tensor([-3.0, 0.5, 40.0], dtype=torch.float64), torch.tensor([1.0, 0.25, 0.0], dtype=torch.float64)
    show("binary, logits", torch.nn.functional.binary_cross_entropy_with_logits(z, y))
    show("binary, p", torch.nn.functional.binary_cross_entropy(torch.sigmoid(z[:2]), y[:2]))


optimisers()
batch_norm()
clipping()
losses()
