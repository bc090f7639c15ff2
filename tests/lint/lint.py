#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rules of the house that a program can check. One TAP test a rule; what breaks it is named with file and line.

usage: lint.py ROOT
A rule is a function that is given the tree and yields (file, line, what is wrong).
"""
import ast
import os
import re
import sys

MAX_FILE = 1000
MAX_FUNCTION = 120
CODE = ('.c', '.h', '.py', '.sh')
TEXT = CODE + ('.toml', '.md', '.build', '.txt', '.in', '.yml', '.rst')
OUTSIDE = re.compile(r'(?<![\w.])/(?:wor[k]|roo[t])/')
SLEEP = re.compile(r'\b(g_usleep|usleep|nanosleep|clock_nanosleep|sleep)\s*\(')
GOTO = re.compile(r'\bgoto\s+(cleanup|error|err|out|fail|done|end)\b')
INCLUDE = re.compile(r'\s*#\s*include\s+"([^"]+)"')
SPDX = 'SPDX-License-Identifier: LGPL-2.1-or-later'


class Tree:
    """Every text file of the project, read once: relative path -> lines."""

    def __init__(self, root):
        self.root = root
        self.files = {}
        for folder, dirs, names in os.walk(root):
            dirs[:] = sorted(d for d in dirs if not skipped(folder, d))
            for name in sorted(names):
                if name.endswith(TEXT) or (name == 'demo' or name == 'test') and folder.endswith('scripts'):
                    path = os.path.join(folder, name)
                    with open(path, encoding='utf-8', errors='replace') as f:
                        self.files[os.path.relpath(path, root)] = f.read().split('\n')

    def lines(self, prefix='', suffix=''):
        for path, lines in self.files.items():
            if path.startswith(prefix) and path.endswith(suffix):
                for number, line in enumerate(lines, 1):
                    yield path, number, line


def skipped(folder, name):
    return (name.startswith(('.', 'build')) or name in ('__pycache__', 'corpus')
            or os.path.exists(os.path.join(folder, name, 'meson-private'))
            or folder.endswith('tests') and name == 'golden')


def read_layers(tree):
    """docs/layers.md's table: folder -> the folders it may include."""
    layers = {}
    for line in tree.files['docs/layers.md']:
        cells = [c.strip() for c in line.strip().strip('|').split('|')]
        if line.startswith('|') and len(cells) == 3 and cells[0] != 'folder' and not cells[0].startswith('-'):
            layers[cells[0]] = set(cells[2].split()) - {'-'}
    return layers


def rule_layers(tree):
    layers = read_layers(tree)
    for path, number, line in tree.lines('src/'):
        m = INCLUDE.match(line)
        if not m or not path.endswith(('.c', '.h')):
            continue
        own, target = path.split('/')[1], m.group(1).split('/')[0]
        if own not in layers:
            yield path, number, f"folder '{own}' has no row in docs/layers.md"
        elif '/' not in m.group(1):
            if m.group(1) != 'config.h':
                yield path, number, f'"{m.group(1)}": write the path from src/'
        elif target.startswith('.'):
            yield path, number, f'"{m.group(1)}": write the path from src/'
        elif target != own and target not in layers[own]:
            yield path, number, f"'{own}' may not include '{target}' (docs/layers.md)"


def rule_file_length(tree):
    for path, lines in tree.files.items():
        if path.endswith(CODE) and not path.startswith('include/') and len(lines) - 1 > MAX_FILE:
            yield path, MAX_FILE, f'{len(lines) - 1} lines; {MAX_FILE} are the most'


def c_functions(lines):
    """(name, first line, number of lines) of the functions whose braces stand at column 0."""
    start = None
    for number, line in enumerate(lines, 1):
        if line == '{':
            start = number
        elif line.startswith('}') and start:
            head = ' '.join(lines[max(0, start - 6):start - 1])
            names = re.findall(r'(\w+)\s*\(', head)
            yield (names[0] if names else '?'), start, number - start + 1
            start = None


def py_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, node.end_lineno - node.lineno + 1


def rule_function_length(tree):
    for path, lines in tree.files.items():
        if path.endswith('.c'):
            found = c_functions(lines)
        elif path.endswith('.py'):
            found = py_functions('\n'.join(lines))
        else:
            continue
        for name, first, length in found:
            if length > MAX_FUNCTION:
                yield path, first, f'{name}() has {length} lines; {MAX_FUNCTION} are the most'


def rule_license(tree):
    for path, lines in tree.files.items():
        if path.endswith(CODE):
            head = lines[1] if lines[0].startswith('#!') and len(lines) > 1 else lines[0]
            if SPDX not in head:
                yield path, 1, f'first line must be the licence: {SPDX}'


def rule_outside_paths(tree):
    for path, number, line in tree.lines():
        if OUTSIDE.search(line) and not path.startswith('docs/'):
            yield path, number, 'names a path outside the project: ' + line.strip()[:60]


def rule_whitespace(tree):
    for path, number, line in tree.lines():
        if '\t' in line:
            yield path, number, 'has a tab'
        if line != line.rstrip():
            yield path, number, 'ends in blanks'
    for path, lines in tree.files.items():
        if lines[-1] != '' or len(lines) > 2 and lines[-2] == '':
            yield path, len(lines), 'must end in exactly one newline'


def rule_markdown_tables(tree):
    """All rows of a table have as many columns as its head."""
    width = {}
    for path, number, line in tree.lines(suffix='.md'):
        if not line.startswith('|'):
            width.pop(path, None)
            continue
        cells = len(re.sub(r'\\\||`[^`]*`', '', line.strip().strip('|')).split('|'))
        if cells != width.setdefault(path, cells):
            yield path, number, f'table row has {cells} columns, its head {width[path]}'


def rule_format_marks(tree):
    """clang-format is off around tables only: every off has its on."""
    for path, lines in tree.files.items():
        off = None
        for number, line in enumerate(lines, 1):
            if line.strip() == '// clang-format off':
                off = off or number
            elif line.strip() == '// clang-format on':
                off = None
        if off:
            yield path, off, 'clang-format is switched off and never on again'


def rule_no_sleep(tree):
    for path, number, line in tree.lines('src/', '.c'):
        if SLEEP.search(line.split('/*')[0]):
            yield path, number, 'sleeps: wait for a descriptor instead'


def rule_no_goto_cleanup(tree):
    for path, number, line in tree.lines('src/', '.c'):
        if GOTO.search(line):
            yield path, number, 'goto for cleaning up: use g_autoptr and VirUndo'


def main():
    tree = Tree(os.path.abspath(sys.argv[1]))
    rules = [(name[5:].replace('_', '-'), f) for name, f in globals().items() if name.startswith('rule_')]
    print(f'1..{len(rules)}')
    bad = 0
    for number, (name, rule) in enumerate(rules, 1):
        found = list(rule(tree))
        bad += bool(found)
        print(f'{"not ok" if found else "ok"} {number} - {name}')
        for path, line, what in found:
            print(f'# {path}:{line}: {what}')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
