"""Click's own words in Chinese, whatever the locale of the terminal.

Click looks its messages up through gettext, which reads compiled catalogues and obeys the environment. The few messages
that our commands can show are listed here instead.
"""

import click.core
import click.decorators
import click.exceptions
import click.formatting
import click.parser
import click.types

MESSAGES = {
    "Usage:": "用法:",
    "Options": "选项",
    "Commands": "命令",
    "Positional arguments": "参数",
    "Show this message and exit.": "显示本说明并退出。",
    "Show the version and exit.": "显示版本并退出。",
    "Error: {message}": "错误:{message}",
    "Aborted!": "已中断。",
    "Try '{command} {option}' for help.": "用法说明见 {command} {option}。",
    "Missing command.": "缺少命令。",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Missing parameter": "缺少参数",
    "No such option {name!r}.": "没有选项 {name!r}。",
    "No such command {name!r}.": "没有命令 {name!r}。",
    "Did you mean {possibility}?": "是不是要用 {possibility}?",
    "(Did you mean one of: {possibilities}?)": "(是不是要用其中之一:{possibilities}?)",
    "Invalid value: {message}": "取值无效:{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} 的取值无效:{message}",
    "{value!r} is not a valid {number_type}.": "{value!r} 不是有效的数字。",
    "{value} is not in the range {range}.": "{value} 不在范围 {range} 之内。",
    "Choose from:\n\t{choices}": "可选:\n\t{choices}",
    "{value!r} is not {choice}.": "{value!r} 不是 {choice}。",
    "{value!r} is not one of {choices}.": "{value!r} 不是其中之一:{choices}。",
    "Got unexpected extra argument ({args})": "多出参数({args})",
    "Got unexpected extra arguments ({args})": "多出参数({args})",
    "Option {name!r} does not take a value.": "选项 {name!r} 不带取值。",
    "Option {name!r} requires an argument.": "选项 {name!r} 需要一个取值。",
    "Option {name!r} requires {nargs} arguments.": "选项 {name!r} 需要 {nargs} 个取值。",
    "default: {default}": "默认:{default}",
    "%(prog)s, version %(version)s": "%(prog)s %(version)s",
}


def speak_chinese() -> None:
    """Replace the look-up functions that Click's modules imported from gettext."""
    for module in (
        click.core,
        click.decorators,
        click.exceptions,
        click.formatting,
        click.parser,
        click.types,
    ):
        for name, function in (("_", _translate), ("ngettext", _translate_plural)):
            if hasattr(module, name):
                setattr(module, name, function)


def _translate(message: str) -> str:
    return MESSAGES.get(message, message)


def _translate_plural(one: str, many: str, n: int) -> str:
    return _translate(one if n == 1 else many)
