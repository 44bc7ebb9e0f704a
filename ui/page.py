"""The Gradio page: layout and wiring only. What it shows is made in ``render`` and ``source``, decided in ``desk``.

The conversation is HTML of our own rather than a ``gr.Chatbot``: it stays in the server's session (a browser cannot rewrite
history or smuggle files into it), it is escaped in one place, and the page loads a tenth of the scripts.
"""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any, TypeVar

import gradio as gr

from rag.settings import Settings
from ui.desk import Answers, Desk, Log, View
from ui.texts import load_texts

# Installed ones only. Latin letters come from the Chinese font where it has good ones, else from Arial.
_FONTS = ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "Arial", "WenQuanYi Zen Hei")
_ACCENT = "#1d4f91"

App = TypeVar("App")


def mount(app: App, pipeline: Answers, settings: Settings) -> App:
    """Mount the page at ``/`` of a FastAPI app and return that app; its lifespan then runs Gradio's too."""
    gr.mount_gradio_app(app, build_page(pipeline, settings), path="/", **mount_options())
    return app


def mount_options() -> dict[str, Any]:
    """Arguments of ``gr.mount_gradio_app`` that the page relies on: its look, and everything it does not need off."""
    return {
        "theme": _theme(),
        "css": _asset("page.css"),
        "footer_links": [],
        "run_history": False,
        "show_error": False,
        "ssr_mode": False,
        "pwa": False,
        "mcp_server": False,
        "enable_monitoring": False,
        "max_file_size": 1,
    }


def build_page(pipeline: Answers, settings: Settings) -> gr.Blocks:
    """The page over an opened pipeline. Every event is limited to ``settings.page_concurrency`` at a time."""
    texts = load_texts()
    desk = Desk(pipeline, texts)
    start = desk.welcome()
    with gr.Blocks(title=texts.title, analytics_enabled=False, fill_width=True) as page:
        log = gr.State(())
        address = gr.Textbox(visible=False)
        with gr.Row(elem_id="tw-head"):
            gr.HTML(f"<h1>{texts.title}</h1><p>{texts.tagline}</p>", js_on_load=None, apply_default_css=False, elem_id="tw-brand")
            fresh = gr.Button("新对话", size="sm", elem_id="tw-new", scale=0)
        with gr.Row(elem_id="tw-main"):
            with gr.Column(elem_id="tw-left"):
                chat = gr.HTML(start.chat, js_on_load=_asset("chat.js"), apply_default_css=False, elem_id="tw-chat")
                with gr.Column(elem_id="tw-composer"):
                    zones = gr.Dropdown(
                        list(pipeline.zones),
                        value=[],
                        multiselect=True,
                        label=texts.zone_label,
                        info=texts.zone_info,
                        visible=bool(pipeline.zones),
                        elem_id="tw-zones",
                    )
                    with gr.Row(elem_id="tw-ask"):
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
            panel = gr.HTML(start.panel, js_on_load=_asset("panel.js"), apply_default_css=False, elem_id="tw-panel")

        def ask(typed: str, chosen: list[str], kept: Log, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
            question = _asked_by_click(event) or typed or ""
            for view in desk.ask(question, chosen or [], kept):
                yield _outputs(view)

        options: dict[str, Any] = {
            "api_visibility": "private",
            "show_progress": "hidden",
            "concurrency_limit": settings.page_concurrency,
        }
        shown = [chat, box, log, panel]
        # One listener for all ways of asking: while it runs, a second question of the same reader waits its turn.
        gr.on(
            [box.submit, send.click, chat.submit],
            ask,
            [box, zones, log],
            shown,
            concurrency_id="ask",
            **options,
        )
        # Quick and stateless, so without the queue: its event stream would cost a click two more requests.
        opened = {**options, "queue": False, "trigger_mode": "always_last"}
        gr.on([chat.select, panel.select], _clicked(desk), None, panel, **opened)
        fresh.click(lambda: _outputs(desk.welcome()), None, shown, **opened)
        page.load(desk.link, address, panel, js="() => window.location.search", **opened)
    return page.queue(api_open=False)


def _outputs(view: View) -> tuple[Any, ...]:
    """The view in the order of the page's outputs."""
    return view.chat, view.box, view.log, gr.skip() if view.panel is None else view.panel


def _clicked(desk: Desk) -> Any:
    def clicked(event: gr.EventData) -> str:
        return desk.click(event._data if isinstance(event._data, dict) else {})

    return clicked


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


def _asset(name: str) -> str:
    return files("ui").joinpath(name).read_text(encoding="utf-8")
