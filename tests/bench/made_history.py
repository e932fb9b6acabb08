"""What the benches of made histories share: writing a repository, and a hunt in it."""

import json
import os
import pathlib
import subprocess


def stream(trees):
    """Subject and files of every commit as git fast-import reads them; the first is v1.0."""
    person = "Example <example@example.invalid>"
    for number, (subject, tree) in enumerate(trees):
        when = f"{1704182400 + 10800 * number} +0000"
        yield (f"commit refs/heads/main\nmark :{number + 1}\nauthor {person} {when}\n"
               f"committer {person} {when}\ndata {len(subject)}\n{subject}\n")
        yield f"from :{number}\n" if number else ""
        yield "deleteall\n"
        for path, text in sorted(tree.items()):
            yield f"M 100644 inline {path}\ndata {len(text.encode())}\n{text}\n"
    yield "reset refs/tags/v1.0\nfrom :1\n"


def write(folder, trees):
    """Makes the repository and returns its commits, the oldest first."""
    environment = os.environ | {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}

    def git(*words, text=None):
        return subprocess.run(["git", *words], cwd=folder, env=environment, check=True, input=text,
                              capture_output=True, text=True).stdout

    pathlib.Path(folder).mkdir(parents=True)
    git("init", "--quiet", "--initial-branch=main", ".")
    git("fast-import", "--quiet", text="".join(stream(trees)))
    git("reset", "--quiet", "--hard", "main")
    return git("rev-list", "--reverse", "main").split()


def hunt(binary, folder, hunt_file, truth):
    """One hunt in `folder`, beside its story and the truth; returns its report."""
    (folder / "truth.json").write_text(json.dumps(truth))
    (folder / "hunt.json").write_text(json.dumps(hunt_file))
    with (folder / "story.txt").open("w") as story:
        subprocess.run([binary, "run", "hunt.json", "--out", "out"], cwd=folder, check=False,
                       stdout=story, stderr=story)
    return json.loads((folder / "out" / "report.json").read_text())
