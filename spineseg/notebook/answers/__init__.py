"""The checkers behind the exercises, one module a chapter.

``ANSWERS`` maps an exercise such as ``"reading.1"`` to a function that takes the
reader's answer and returns None when it is right, or a sentence that says what is
wrong with it without giving the answer away.
"""
