"""The names of the functionalities as models translate them with the rest of a message."""

from __future__ import annotations

from typing import Final

from sysgen_distilabel.functionalities import FUNCTIONALITIES

_TRANSLATIONS: Final = {
    "Role": "角色 身份 役割 役柄 역할 Rolle Rol Rôle Ruolo Papel Rola Роль الدور دور भूमिका Peran Vai_trò "
    "บทบาท Roll Ρόλος",
    "Content": "内容 內容 コンテンツ 내용 콘텐츠 Inhalt Contenido Contenu Contenuto Conteúdo Inhoud Treść "
    "Содержание Зміст المحتوى सामग्री Konten Isi Nội_dung เนื้อหา Innehåll Περιεχόμενο Obsah",
    "Task": "任务 任務 タスク 과제 작업 Aufgabe Tarea Tâche Compito Tarefa Taak Zadanie Задача Завдання "
    "المهمة कार्य Tugas Görev Nhiệm_vụ งาน Uppgift Εργασία Úkol",
    "Action": "动作 動作 行动 行動 アクション 행동 동작 Aktion Handlung Acción Azione Ação Actie Działanie "
    "Действие Дія الإجراء क्रिया Tindakan Eylem Hành_động การกระทำ Åtgärd Ενέργεια Akce",
    "Style": "风格 風格 スタイル 文体 스타일 Stil Estilo Stile Stijl Styl Стиль الأسلوب शैली Gaya "
    "Phong_cách สไตล์ Στυλ",
    "Background": "背景 배경 Hintergrund Contexto Trasfondo Contexte Sfondo Contesto Achtergrond Tło Фон "
    "Контекст الخلفية पृष्ठभूमि Latar_belakang Bối_cảnh ภูมิหลัง Bakgrund Υπόβαθρο Pozadí",
    "Tool": "工具 ツール 道具 도구 Werkzeug Herramienta Outil Strumento Ferramenta Hulpmiddel Narzędzie "
    "Инструмент Інструмент الأداة उपकरण Alat Araç Công_cụ เครื่องมือ Verktyg Εργαλείο Nástroj",
    "Format": "格式 フォーマット 形式 형식 Formato Formaat Формат التنسيق प्रारूप Biçim Định_dạng รูปแบบ Μορφή",
}
_FULL_WIDTH: Final = str.maketrans({code: chr(code + 0xFEE0) for code in range(ord("A"), ord("z") + 1)})

TAG_NAMES: Final = {
    spelling.lower(): name
    for name in map(str, FUNCTIONALITIES)
    for word in (name, f"{name}s", name.translate(_FULL_WIDTH), *_TRANSLATIONS.get(name, "").split())
    for spelling in (word.replace("_", " "),)
}
"""The functionality that a name stands for, in small letters: ours, its plural, full-width and translated."""
