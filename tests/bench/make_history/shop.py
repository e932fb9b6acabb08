"""The shop's files as they are at one commit, and the makefile that belongs to them.

A change of the history edits a Shop; the makefile is written from its lists, so that a leak that a
flag makes stays in it whatever later changes do. Knows nothing of git.
"""

import pathlib
import subprocess
import tempfile

APP = pathlib.Path(__file__).parent / "app"


class Shop:
    def __init__(self):
        self.files = {str(file.relative_to(APP)): file.read_text()
                      for file in sorted(APP.rglob("*")) if file.is_file()}
        # An object's name, and the headers that somebody thought of.
        self.objects = {"main": ["listen.h"], "listen": ["listen.h", "route.h"],
                        "parse": ["parse.h"], "route": ["route.h", "page.h"],
                        "page": ["page.h", "assets/home.h"], "catalog": ["catalog.h"],
                        "session": ["session.h"], "cache": ["cache.h"], "stats": ["stats.h"],
                        "log": ["log.h"], "text": ["text.h"], "words": ["words.h"]}
        self.flags = ["-O1", "-Wall"]
        self.made = {  # what scripts make: the target, what it is made from, the command
            "words.c": ("words.def mkwords.sh", "sh mkwords.sh > words.c"),
            "assets/home.h": ("assets/home.txt", self.title_command("assets/home.txt",
                                                                    "assets/home.h"))}
        self.finds_headers = False  # by -MMD, instead of the lists above
        self.tracks_words = False  # words.c is committed, though a rule makes it
        self.ignored = ["*.o", "server"]

    @staticmethod
    def title_command(source, target):
        return f"""sed 's/.*/static const char *const home_title = "&";/' {source} > {target}"""

    def change(self, path, old, new):
        """Replaces the one place that reads `old`."""
        assert self.files[path].count(old) == 1, f"{path}: {old!r}"
        self.files[path] = self.files[path].replace(old, new)

    def rename(self, old, new):
        """Renames a file, and the name in every #include."""
        self.files[new] = self.files.pop(old)
        for path, text in self.files.items():
            self.files[path] = text.replace(f'#include "{old}"', f'#include "{new}"')

    def rename_module(self, old, new):
        for end in ("c", "h"):
            self.rename(f"{old}.{end}", f"{new}.{end}")
        self.objects = {(new if name == old else name):
                        [f"{new}.h" if header == f"{old}.h" else header for header in headers]
                        for name, headers in self.objects.items()}

    def add_module(self, name, call, body):
        """A module with one function `call(long visitor)`, which every request calls."""
        guard = f"{name.upper()}_H"
        self.files[f"{name}.h"] = (f"#ifndef {guard}\n#define {guard}\n\n"
                                   f"void {call}(long visitor);\n\n#endif\n")
        self.files[f"{name}.c"] = f'#include "{name}.h"\n\n{body}'
        self.objects[name] = [f"{name}.h"]
        self.change("route.c", '#include "stats.h"\n', f'#include "stats.h"\n#include "{name}.h"\n')
        self.change("route.c", "  stats_visit();\n", f"  stats_visit();\n  {call}(visitor);\n")

    def remove_module(self, name, call):
        del self.files[f"{name}.c"], self.files[f"{name}.h"], self.objects[name]
        self.change("route.c", f'#include "{name}.h"\n', "")
        self.change("route.c", f"  {call}(visitor);\n", "")

    def makefile(self):
        objects = " ".join(f"{name}.o" for name in self.objects)
        rules = ["# The corner shop. Headers are named where somebody thought of them.",
                 "CC = gcc", f"CFLAGS = {' '.join(self.flags)}", f"OBJECTS = {objects}", "",
                 "server: $(OBJECTS)", "\t$(CC) -o server $(OBJECTS)", ""]
        if self.finds_headers:
            rules[0] = "# The corner shop. The compiler finds the headers."
            rules += ["%.o: %.c", "\t$(CC) $(CFLAGS) -MMD -c $< -o $@",
                      "-include $(OBJECTS:.o=.d)"]
            rules += [f"page.o: {made}" for made in self.made if made.endswith(".h")]
        else:
            for name, headers in self.objects.items():
                rules += [f"{name}.o: {name}.c {' '.join(headers)}",
                          f"\t$(CC) $(CFLAGS) -c {name}.c"]
        for target, (sources, command) in self.made.items():
            rules += ["", f"{target}: {sources}", f"\t{command}"]
        return "\n".join(rules) + "\n"

    def tree(self):
        """Path and text of every file of the commit."""
        files = self.files | {"makefile": self.makefile(),
                              ".gitignore": "\n".join(self.ignored) + "\n"}
        if self.tracks_words:
            files["words.c"] = self.words()
        return files

    def words(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "words.def").write_text(self.files["words.def"])
            return subprocess.run(["sh", APP / "mkwords.sh"], cwd=folder, check=True,
                                  capture_output=True, text=True).stdout
