"""What was filled in, told in the form's own words and order; nothing that was sent is left untold."""

from mingcha.kernel.checklists import telling

TREE = {
    "name": "data", "label": "", "inside": [
        {"name": "site_code", "label": "点位", "type": "text"},
        {"name": "checks", "label": "检查内容", "inside": [
            {"name": "q1", "label": "有人值守", "type": "text", "choices": {"pass": "合格", "fail": "不合格"}},
            {"name": "seen", "label": "看到", "type": "text", "choices": {"a": "甲", "b": "乙"}, "many": True},
        ]},
        {"name": "plain", "label": "", "inside": [{"name": "bare", "label": "", "type": "text"}]},
        {"name": "findings", "label": "问题", "repeat": True, "inside": [
            {"name": "photo", "label": "照片", "type": "binary", "file": "photo"},
        ]},
        {"name": "meta", "label": "", "inside": [{"name": "instanceID", "label": "", "type": "text"}]},
    ],
}  # fmt: skip


def said(answers):
    return [(line.level, line.label, line.value) for line in telling.told(TREE, answers)]


def test_questions_choices_and_groups_are_told_in_the_forms_words():
    answers = {"checks": {"q1": "pass", "seen": "a b"}, "site_code": "X-1", "meta": {"instanceID": "uuid:1"}}
    assert said(answers) == [
        (0, "点位", "X-1"), (0, "检查内容", None), (1, "有人值守", "合格"), (1, "看到", "甲、乙"),
    ]  # fmt: skip


def test_rows_are_numbered_and_files_say_what_they_are():
    lines = telling.told(TREE, {"findings": [{"photo": "p-1.jpg"}, {"photo": "p-2.jpg"}]})
    assert [(line.number, line.path) for line in lines if line.value is None] == [
        (1, "/data/findings[1]"), (2, "/data/findings[2]"),
    ]  # fmt: skip
    assert [(line.value, line.kind) for line in lines if line.value] == [("p-1.jpg", "photo"), ("p-2.jpg", "photo")]


def test_what_is_empty_is_left_out_and_a_group_without_a_name_has_no_heading():
    assert said({"site_code": "", "checks": {"q1": "", "seen": ""}, "plain": {"bare": "1"}}) == [(0, "bare", "1")]


def test_what_the_form_does_not_know_is_told_under_the_name_it_was_sent_with():
    answers = {"q9": "x", "checks": {"q1": "maybe", "more": {"deep": ["1", "2"]}}, "site_code": {"odd": "y"}}
    assert said(answers) == [
        (0, "odd", "y"), (0, "检查内容", None), (1, "有人值守", "maybe"), (1, "deep", "1"), (1, "deep", "2"), (0, "q9", "x"),
    ]  # fmt: skip


def test_a_path_of_a_breach_leads_to_its_question():
    assert telling.label(TREE, "/data/checks/q1") == "有人值守"
    assert telling.label(TREE, "/data/findings[2]/photo") == "照片"
    assert telling.label(TREE, "/data/plain/bare") == "bare"
    assert telling.label(TREE, "/data/nowhere/q7") == "q7"
