"""Training the reader: `python -m evals.fitting.reader_train answers|support --data FOLDER --out FILE`. Interrupted, it goes on.

FOLDER holds judged.jsonl and public/ (and may hold more judged files, *.jsonl, and pairs.jsonl). Texts are read once by
the lower layers; their states are kept in memory. Public sets come first, then our own.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch import nn

from evals.fitting.home import HALVES, half
from evals.fitting.reader_data import ANSWERS, CONTEXT, CORRECTS, Pair, judged, own_pairs, pairs, public_questions
from evals.fitting.reader_items import Item, States, alone, bfloat16_where_native, fewer, item_of, normal_text, said
from evals.fitting.reader_net import Reader, batch, fresh

BATCH_PAIRS = 8  # read in one batch
TAUGHT = "taught"  # the half of the gate's pairs that the support model is trained on
ALONE_SHARE = 0.3  # of the questions, whose statements are read without a written question, as those of other documents


class Tokens(NamedTuple):
    """Of one pair: the logits of a span's start and end, which of the two texts a token is of, and whether it is one."""

    spans: torch.Tensor
    segment: torch.Tensor
    mask: torch.Tensor


def answers_loss(logits: torch.Tensor, tokens: Sequence[Tokens], item: Item) -> torch.Tensor:
    """Each candidate by itself, all of a question against saying nothing, and the span."""
    labels = torch.tensor(item.labels)
    wanted = torch.stack(
        [
            (labels == ANSWERS).float(),
            ((labels == CONTEXT) | (labels == ANSWERS)).float(),
            (labels == CORRECTS).float(),
        ],
        dim=-1,
    )
    weight = torch.tensor([1.0, 0.3, 1.0])
    loss = (nn.functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none") * weight).mean() * 2
    if item.whole:
        held = torch.cat([torch.zeros(1), logits[:, 0]])
        target = torch.cat([torch.zeros(1) if wanted[:, 0].any() else torch.ones(1), wanted[:, 0]])
        loss = loss - (torch.log_softmax(held, 0) * target / target.sum()).sum()
    for row, span in enumerate(item.spans):
        if span is None:
            continue
        read = tokens[row]
        begin = int((read.segment == 0).logical_and(read.mask > 0).sum())
        inside = read.mask[begin:] > 0
        for side in (0, 1):
            if span[side] < len(inside) and inside[span[side]]:
                scores = read.spans[begin:, side].masked_fill(~inside, -1e4)
                loss = loss - 0.1 * torch.log_softmax(scores, 0)[span[side]]
    return loss


class Training:
    """One run: a network, its optimiser, where it stands; saved every few minutes."""

    def __init__(self, network: Reader, states: States, out: Path, steps: int, rate: float) -> None:
        self.network, self.states, self.out, self.steps = network, states, out, steps
        new = [p for name, p in network.named_parameters() if not name.startswith("layers")]
        self.optimiser = torch.optim.AdamW(
            [{"params": network.layers.parameters(), "lr": rate}, {"params": new, "lr": 5 * rate}], weight_decay=0.01
        )
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimiser, lambda step: min(step / max(1, 0.05 * steps), (steps - step) / (0.95 * steps) + 0.01)
        )
        self.step, self.saved = 0, time.monotonic()

    def learn(self, items: Sequence[Any], loss_of: Any) -> float:
        """One step over some items, each a group of pairs."""
        self.network.train()
        with bfloat16_where_native():
            loss = loss_of(self.network, self.states, items)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.schedule.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.step += 1
        if time.monotonic() - self.saved > 180:
            self.save()
        return float(loss.detach())

    def save(self) -> None:
        """Write everything that is needed to go on; beside and renamed."""
        rest = self.out.with_suffix(".new")
        torch.save(
            {
                "network": self.network.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "schedule": self.schedule.state_dict(),
                "step": self.step,
            },
            rest,
        )
        rest.replace(self.out)
        self.saved = time.monotonic()

    def resume(self) -> None:
        """Go on from what was saved, if anything was."""
        if self.out.exists():
            kept = torch.load(self.out, weights_only=True)
            self.network.load_state_dict(kept["network"])
            self.optimiser.load_state_dict(kept["optimiser"])
            self.schedule.load_state_dict(kept["schedule"])
            self.step = kept["step"]


def answers_step(network: Reader, states: States, items: Sequence[Item]) -> torch.Tensor:
    """The mean loss of some questions; their pairs are read in small batches of like length, which pads little."""
    read = [(*states[item.first], *states.joined(second)) for item in items for second in item.seconds]
    order = sorted(range(len(read)), key=lambda at: len(read[at][1]) + len(read[at][3]))
    logits: dict[int, torch.Tensor] = {}
    tokens: dict[int, Tokens] = {}
    for start in range(0, len(order), BATCH_PAIRS):
        some = order[start : start + BATCH_PAIRS]
        given = batch([read[at] for at in some])
        out, spans = network(given.states, given.mask, given.segment, given.met, given.near)
        for row, at in enumerate(some):
            logits[at], tokens[at] = out[row].float(), Tokens(spans[row].float(), given.segment[row], given.mask[row])
    total, at = torch.zeros(()), 0
    for item in items:
        rows = range(at, at + len(item.seconds))
        total = total + answers_loss(torch.stack([logits[row] for row in rows]), [tokens[row] for row in rows], item)
        at += len(item.seconds)
    return total / len(items)


def support_step(network: Reader, states: States, items: Sequence[Pair]) -> torch.Tensor:
    """Cross entropy of supported, contradicted, not said; of a false sentence that may be either, of both together."""
    given = batch([(*states[said(each.hypothesis)], *states[said(each.premise)]) for each in items])
    logits, _ = network(given.states, given.mask, given.segment, given.met, given.near)
    known = torch.log_softmax(logits.float(), -1)
    said_of = torch.cat([known, torch.logsumexp(known[:, 1:], -1, keepdim=True)], -1)
    return nn.functional.nll_loss(said_of, torch.tensor([each.label for each in items]))


def scores(network: Reader, states: States, first: str, seconds: Sequence[tuple[str, ...]]) -> np.ndarray:
    """The logits of one text with some others, (n, 3)."""
    network.eval()
    with torch.no_grad(), bfloat16_where_native():
        given = batch([(*states[first], *states.joined(second)) for second in seconds])
        out: np.ndarray = network(given.states, given.mask, given.segment, given.met, given.near)[0].float().numpy()
        return out


def report_answers(network: Reader, states: States, items: Sequence[Item]) -> str:
    """P@1 where something answers, and how well the best score tells whether anything does (AUC)."""
    first = best = 0
    tops, held, flat, flat_held = [], [], [], []
    for item in items:
        values = scores(network, states, item.first, item.seconds)[:, 0]
        right = [label == ANSWERS for label in item.labels]
        tops.append(float(values.max()))
        held.append(any(right))
        flat += values.tolist()
        flat_held += right
        if any(right):
            best += 1
            first += right[int(values.argmax())]
    answerable, flat_auc = roc_auc_score(held, tops), roc_auc_score(flat_held, flat)
    return f"P@1 {first / max(1, best):.3f} of {best}, AUC answerable {answerable:.3f}, AUC pairs {flat_auc:.3f}"


def report_support(network: Reader, states: States, items: Sequence[Pair]) -> str:
    """The accuracy over some pairs, by set."""
    right: dict[str, list[bool]] = {}
    for each in items:
        value = scores(network, states, said(each.hypothesis), [(said(each.premise),)])[0]
        right.setdefault(each.kind, []).append(int(value.argmax()) == each.label)
    return ", ".join(f"{kind} {sum(each) / len(each):.3f}" for kind, each in sorted(right.items()))


def train_answers(chosen: argparse.Namespace, states: States, network: Reader) -> None:
    """Public questions once, then the judged ones some times; the group held out is only reported on."""
    chance = random.Random(chosen.seed)
    own = judged(chosen.data / "judged.jsonl")
    for path in chosen.more:
        own += judged(path)
    own += [q for path in chosen.halved for q in judged(path) if half(q.id) == chosen.half]
    held = [q for q in own if q.group in chosen.hold]
    own = [q for q in own if q.group not in chosen.hold and not q.held]
    public = public_questions(chosen.data / "public")
    chance.shuffle(public)
    public = [q for q in public if q.group != "qamr" or chance.random() < 0.4]
    tokenizer = states.tokenizer
    plan: list[Item] = [item_of(q, normal_text, tokenizer) for q in public[: chosen.public]]
    mixed = plan[-len(plan) // 5 :]
    plan = plan[: -len(plan) // 5]
    for _ in range(chosen.epochs):
        some = (alone(q) if chance.random() < ALONE_SHARE else q for q in own)
        items = [item_of(fewer(q, chosen.most, chance), normal_text, tokenizer) for q in some]
        part = [*items, *(mixed.pop() for _ in range(min(len(mixed), len(public) // (5 * chosen.epochs))))]
        chance.shuffle(part)
        plan += part
    held_items = [item_of(q, normal_text, tokenizer) for q in held]
    _run(
        chosen,
        states,
        network,
        plan,
        held_items,
        4,
        answers_step,
        report_answers,
        lambda item: [item.first, *(text for second in item.seconds for text in second)],
    )


def train_support(chosen: argparse.Namespace, states: States, network: Reader) -> None:
    """Public pairs, ours among them several times."""
    chance = random.Random(chosen.seed)
    public = pairs(chosen.data / "public")
    chance.shuffle(public)
    held, public = public[:400], public[400 : chosen.public + 400]
    mine = [pair for path in chosen.more for pair in own_pairs(path, TAUGHT)]
    plan = [*public, *(mine * chosen.epochs)]
    chance.shuffle(plan)
    _run(
        chosen,
        states,
        network,
        plan,
        held,
        32,
        support_step,
        report_support,
        lambda each: [said(each.premise), said(each.hypothesis)],
    )


def _run(
    chosen: argparse.Namespace,
    states: States,
    network: Reader,
    plan: Sequence[Any],
    held: Sequence[Any],
    size: int,
    step: Any,
    report: Any,
    texts: Any,
) -> None:
    run = Training(network, states, chosen.out, len(plan) // size, chosen.rate)
    run.resume()
    states.add(text for each in held for text in texts(each))
    recent: list[float] = []
    every = max(1, run.steps // 4)
    resumed = run.step
    while run.step < run.steps:
        if run.step % 200 == 0 or run.step == resumed:
            ahead = plan[run.step * size : (run.step + 200) * size]
            states.add(text for each in ahead for text in texts(each))
        recent.append(run.learn(plan[run.step * size : (run.step + 1) * size], step))
        if run.step % 25 == 0:
            print(
                f"{run.step} of {run.steps}, loss {np.mean(recent[-100:]):.3f}, {time.process_time():.0f} s", flush=True
            )
        if held and run.step % every == 0:
            print(f"held out: {report(network, states, held)}", flush=True)
    run.save()


def main() -> None:
    """Train and write a checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("answers", "support"))
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", required=True, help="the folder of the float encoder")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--more", type=Path, nargs="*", default=[])
    parser.add_argument("--halved", type=Path, nargs="*", default=[], help="files of which only --half is taken")
    parser.add_argument("--half", type=int, choices=range(HALVES), default=0)
    parser.add_argument("--hold", nargs="*", default=["r4"])
    parser.add_argument("--public", type=int, default=9000)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--most", type=int, default=20, help="candidates of a question in one epoch")
    parser.add_argument("--rate", type=float, default=6e-5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--warm", type=Path)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(chosen.seed)
    states = States(chosen.model)
    network = fresh(states.model)
    if chosen.warm:
        network.load_state_dict(torch.load(chosen.warm, weights_only=True)["network"])
    (train_answers if chosen.what == "answers" else train_support)(chosen, states, network)


if __name__ == "__main__":
    main()
