"""The names of the functionalities as models translate them with the rest of a message."""

from __future__ import annotations

from typing import Final

from sysgen_distilabel.functionalities import FUNCTIONALITIES

_TRANSLATIONS: Final = {
    "Role": "角色 身份 役割 役柄 역할 Rolle Rol Rôle Ruolo Papel Rola Роль",
    "Content": "内容 內容 コンテンツ 내용 콘텐츠 Inhalt Contenido Contenu Contenuto Conteúdo Inhoud Treść "
    "Содержание",
    "Task": "任务 任務 タスク 과제 작업 Aufgabe Tarea Tâche Compito Tarefa Taak Zadanie Задача",
    "Action": "动作 動作 行动 行動 アクション 행동 동작 Aktion Handlung Acción Azione Ação Actie Działanie "
    "Действие",
    "Style": "风格 風格 スタイル 文体 스타일 Stil Estilo Stile Stijl Styl Стиль",
    "Background": "背景 배경 Hintergrund Contexto Trasfondo Contexte Sfondo Contesto Achtergrond Tło Фон "
    "Контекст",
    "Tool": "工具 ツール 道具 도구 Werkzeug Herramienta Outil Strumento Ferramenta Hulpmiddel Narzędzie "
    "Инструмент",
    "Format": "格式 フォーマット 形式 형식 Formato Formaat Формат",
}

TAG_NAMES: Final = {
    spelling.lower(): name
    for name in map(str, FUNCTIONALITIES)
    for spelling in (name, f"{name}s", *_TRANSLATIONS.get(name, "").split())
}
"""The functionality that a name stands for, in small letters: ours, its plural and its translations."""
