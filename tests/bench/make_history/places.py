"""Where a commit can leak, and how the leak is put there. All end in stats_keep(), which keeps so
many bytes of a visit for ever."""

import dataclasses


@dataclasses.dataclass
class Code:
    """A call after a line, which runs `calls` times a request."""
    path: str
    line: str
    calls: float = 1
    kind = "code"

    def leak(self, shop, size):
        call = f"  stats_keep({round(size / self.calls)});\n"
        shop.change(self.path, self.line, self.line + call)
        if '#include "stats.h"' not in shop.files[self.path]:
            shop.files[self.path] = '#include "stats.h"\n' + shop.files[self.path]


@dataclasses.dataclass
class Limit:
    """A number in a header."""
    path: str
    kind = "header"

    def leak(self, shop, size):
        shop.change(self.path, "LOG_TRAIL 0", f"LOG_TRAIL {size}")


class Setting:
    """A number in the file that a source is made from."""
    kind = "generated"

    @staticmethod
    def leak(shop, size):
        shop.change("words.def", "notes_bytes 0", f"notes_bytes {size}")


class Flag:
    """A definition on the compiler's command line: no file but the makefile tells of it."""
    kind = "flag"

    @staticmethod
    def leak(shop, size):
        shop.flags.append(f"-DTRACE_BYTES={size}")
