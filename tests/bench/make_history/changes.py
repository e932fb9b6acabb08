"""A list of changes, filled by decorating them: @change("Subject of the commit")."""


class Changes(list):
    """(subject, function) each, in the order of the history."""

    def __call__(self, subject):
        def add(function):
            self.append((subject, function))
            return function
        return add
