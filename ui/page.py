"""The Gradio page: layout and wiring only. What it shows is made in ``render`` and ``source``, decided in ``desk``.

The conversation is HTML of our own rather than a ``gr.Chatbot``: it stays in the server's session (a browser cannot rewrite
history or smuggle files into it), and it is escaped in one place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import Any

import gradio as gr

from rag.settings import Settings
from ui.desk import Answers, Desk, Log, View
from ui.texts import Texts, load_texts

# Installed ones only. Latin letters come from the Chinese font where it has good ones, else from Arial.
_FONTS = (
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Arial",
    "WenQuanYi Zen Hei",
)
_ACCENT = "#1d4f91"


def mount_options() -> dict[str, Any]:
    """The page's look, as arguments of ``gr.mount_gradio_app`` (Gradio 6 no longer takes them in ``gr.Blocks``)."""
    return {"theme": _theme(), "css": _css(), "favicon_path": str(files("ui") / "icon.svg")}


@dataclass(frozen=True, slots=True)
class _Parts:
    """The components that events read or change."""

    log: gr.State
    fresh: gr.Button
    chat: gr.HTML
    zones: gr.Dropdown
    box: gr.Textbox
    send: gr.Button
    panel: gr.HTML


def build_page(pipeline: Answers, settings: Settings) -> gr.Blocks:
    """The page over an opened pipeline. Every event is limited to ``settings.page_concurrency`` at a time."""
    texts = load_texts()
    desk = Desk(pipeline, texts)
    page = gr.Blocks(title=texts.title, analytics_enabled=False, fill_width=True)
    with page:
        _wire(_lay_out(desk.welcome(), list(pipeline.zones), texts), desk, settings.page_concurrency)
    page.queue(api_open=False)
    return page


def _lay_out(start: View, zones: list[str], texts: Texts) -> _Parts:
    """Head, conversation above the question box, source panel beside them."""
    log = gr.State(())
    with gr.Row(elem_id="tw-head"):
        brand = f"<h1>{escape(texts.title)}</h1><p>{escape(texts.tagline)}</p>"
        gr.HTML(brand, js_on_load=None, apply_default_css=False, elem_id="tw-brand")
        fresh = gr.Button("新对话", size="sm", elem_id="tw-new", scale=0)
    with gr.Row(elem_id="tw-main"):
        with gr.Column(elem_id="tw-left"):
            chat = gr.HTML(
                start.chat, js_on_load=_asset("chat.js"), apply_default_css=False, elem_id="tw-chat"
            )
            with gr.Column(elem_id="tw-composer"):
                filters = gr.Dropdown(
                    zones,
                    value=[],
                    multiselect=True,
                    label=texts.zone_label,
                    visible=bool(zones),
                    elem_id="tw-zones",
                )
                with gr.Row(elem_id="tw-ask"):
                    # One line that grows: with lines=1 Enter sends and Shift+Enter breaks the line.
                    box = gr.Textbox(
                        placeholder=texts.placeholder,
                        label="问题",
                        show_label=False,
                        container=False,
                        lines=1,
                        max_lines=6,
                        autofocus=True,
                        elem_id="tw-question",
                    )
                    send = gr.Button("提问", variant="primary", scale=0, elem_id="tw-send")
        panel = gr.HTML(
            start.panel, js_on_load=_asset("panel.js"), apply_default_css=False, elem_id="tw-panel"
        )
    return _Parts(log, fresh, chat, filters, box, send, panel)


def _wire(parts: _Parts, desk: Desk, limit: int) -> None:
    """Connect the events, none of which has a public endpoint."""

    def ask(typed: str, zones: list[str], log: Log, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        for view in desk.ask(_asked_by_click(event) or typed or "", zones or [], log):
            yield _outputs(view)

    def click(event: gr.EventData) -> str:
        return desk.click(event._data if isinstance(event._data, dict) else {})

    shown = [parts.chat, parts.box, parts.log, parts.panel]
    options: dict[str, Any] = {
        "api_visibility": "private",
        "show_progress": "hidden",
        "concurrency_limit": limit,
    }
    # One listener for all ways of asking: while it runs, another question of the same reader stays in the box.
    asked = [parts.box.submit, parts.send.click, parts.chat.submit]
    gr.on(asked, ask, [parts.box, parts.zones, parts.log], shown, concurrency_id="ask", **options)
    options |= {"concurrency_id": "open", "trigger_mode": "always_last"}
    gr.on([parts.chat.select, parts.panel.select], click, None, parts.panel, **options)
    parts.fresh.click(lambda: _outputs(desk.welcome()), None, shown, **options)


def _outputs(view: View) -> tuple[Any, ...]:
    """The view in the order of the page's outputs."""
    return view.chat, _or_same(view.box), view.log, _or_same(view.panel)


def _or_same(value: str | None) -> Any:
    """The value, or Gradio's word for leaving a component as it is."""
    return gr.skip() if value is None else value


def _asked_by_click(event: gr.EventData) -> str:
    """The question of the example or suggestion that was clicked; empty if the box was used."""
    data = event._data
    question = data.get("question") if isinstance(data, dict) else None
    return question if isinstance(question, str) else ""


def _theme() -> gr.themes.Base:
    """Plain theme, system fonts, one accent; the same by day and by night."""
    theme = gr.themes.Base(
        font=[*map(gr.themes.Font, _FONTS), gr.themes.Font("sans-serif")],
        font_mono=[gr.themes.Font("monospace")],
    ).set(
        body_background_fill="#f4f6f9",
        body_text_color="#1f2733",
        button_primary_background_fill=_ACCENT,
        button_primary_background_fill_hover="#173f75",
        button_primary_text_color="white",
        input_background_fill="white",
        input_border_color_focus=_ACCENT,
        block_background_fill="transparent",
        block_border_width="0px",
    )
    for name in [name for name in vars(theme) if name.endswith("_dark") and not name.startswith("_")]:
        setattr(theme, name, getattr(theme, name.removesuffix("_dark"), None))
    return theme


def _css() -> str:
    """The style sheet, with the wording that only CSS can place: what an empty zone filter means."""
    return f'{_asset("page.css")}#tw-zones {{ --tw-none: "{load_texts().zone_none}"; }}'


def _asset(name: str) -> str:
    return files("ui").joinpath(name).read_text(encoding="utf-8")
