"""Puts the rig of examples/own-rig into the hand of a test, in virtual time.

Standard input is a JSON object: `rig`, the path of the file; `vectors`, each with `direction`, `hex` and `frames`; `sessions`, each
with `lose_every` and `deeds`, of which one has a `tick` and either `hex` or a `sequence`, a `type` and `values`, where null is the
token of the session. What came of each is printed as JSON.
"""
import importlib.util
import json
import sys


def received(rig, chunks):
    receiver = rig.Receiver()
    items = [item for chunk in chunks for item in receiver.receive(chunk)]
    frames = [[item.sequence, item.type, *item.values] for item in items if isinstance(item, rig.Frame)]
    return {"frames": frames, "halts": len(items) - len(frames), "discarded": receiver.discarded}


def vector(rig, given):
    if given["direction"] == "to-host":
        encoded = [rig.encode(frame["sequence"], *frame["message"].values()) for frame in given["frames"]]
        return {"encoded": b"".join(encoded).hex()}
    sent = bytes.fromhex(given["hex"])
    sizes = (max(1, len(sent)), 7, 1)
    return {"received": [received(rig, [sent[at : at + size] for at in range(0, len(sent), size)]) for size in sizes]}


def session(rig, given):
    said, answers, token = [], [], 1
    told = rig.Rig(rig.SimulatedMotor(given["lose_every"]), rig.Memory(None), said.append, given["latest_ticks"])
    for deed in given["deeds"]:
        said.clear()
        told.advance(deed["tick"])
        by_itself = b"".join(said).decode("latin-1")
        said.clear()
        if "hex" in deed:
            told.receive(bytes.fromhex(deed["hex"]), deed["tick"])
        else:
            values = [token if value is None else value for value in deed["values"]]
            told.receive(rig.encode(deed["sequence"], deed["type"], *values), deed["tick"])
        answer = b"".join(said).decode("latin-1")
        if "WELCOME," in answer:
            token = int(answer.split("WELCOME,")[1].split(",")[4])
        answers.append({"by_itself": by_itself, "answer": answer})
    return answers


def main():
    given = json.load(sys.stdin)
    spec = importlib.util.spec_from_file_location("own_rig", given["rig"])
    rig = importlib.util.module_from_spec(spec)
    sys.modules["own_rig"] = rig
    spec.loader.exec_module(rig)
    vectors = [vector(rig, one) for one in given["vectors"]]
    json.dump({"vectors": vectors, "sessions": [session(rig, one) for one in given["sessions"]]}, sys.stdout)


main()
