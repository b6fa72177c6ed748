"""Ways to break a package, by its structure: each works on every package, or says that it cannot.

A mutation takes the files of one edition's archive and changes one thing for the worse. It returns
nothing; if the package has no such thing, it raises ``NotHere``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

Mutation = Callable[["Files"], None]

MUTATIONS: dict[str, Mutation] = {}

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
AMTSWEG = "{urn:amtsweg:bpmn:1}"
XDF = "{urn:xoev-de:fim:standard:xdatenfelder_3.0.0}"


class NotHere(Exception):
    """The package has nothing that could be broken in this way."""


class Files(dict[str, bytes]):
    """One edition's files, with the means to change them."""

    @property
    def edition(self) -> str:
        return next(name.split("/")[0] for name in self if "/" in name)

    def path(self, name: str) -> str:
        return name if name == "package.toml" else f"{self.edition}/{name}"

    def under(self, folder: str) -> list[str]:
        start = f"{self.edition}/{folder}/"
        found = [name.removeprefix(f"{self.edition}/") for name in self if name.startswith(start)]
        if not found:
            raise NotHere(folder)
        return sorted(found)

    def sub(self, name: str, pattern: str, by: str | Callable[[re.Match[str]], str]) -> None:
        """Replace the first passage that fits, in one file."""
        text = self[self.path(name)].decode()
        changed, count = re.subn(pattern, by, text, count=1, flags=re.MULTILINE)
        if not count or changed == text:
            raise NotHere(pattern)
        self[self.path(name)] = changed.encode()

    def sub_any(self, folder: str, pattern: str, by: str) -> None:
        """Replace the first passage that fits, in the first file of a folder that has one."""
        for name in self.under(folder):
            try:
                return self.sub(name, pattern, by)
            except NotHere:
                continue
        raise NotHere(pattern)

    def xml(self, name: str) -> etree._Element:
        return etree.fromstring(self[self.path(name)])

    def put(self, name: str, root: etree._Element) -> None:
        self[self.path(name)] = etree.tostring(root, xml_declaration=True, encoding="utf-8")


def mutation(function: Mutation) -> Mutation:
    MUTATIONS[function.__name__.replace("_", " ")] = function
    return function


def first(found: Iterator[Any]) -> Any:
    for one in found:
        return one
    raise NotHere


# The process

PROCESS = "process.bpmn"


@mutation
def remove_a_transition(files: Files) -> None:
    root = files.xml(PROCESS)
    flow = root.findall(f".//{BPMN}sequenceFlow")[-1]
    flow.getparent().remove(flow)
    files.put(PROCESS, root)


@mutation
def remove_the_transition_after_a_person(files: Files) -> None:
    root = files.xml(PROCESS)
    task = first(root.iter(f"{BPMN}userTask")).get("id")
    flow = first(f for f in root.iter(f"{BPMN}sequenceFlow") if f.get("sourceRef") == task)
    flow.getparent().remove(flow)
    files.put(PROCESS, root)


@mutation
def lead_a_transition_to_nowhere(files: Files) -> None:
    files.sub(PROCESS, r'targetRef="(\w+)"', r'targetRef="\1x"')


@mutation
def lead_the_end_back_to_a_machine(files: Files) -> None:
    root = files.xml(PROCESS)
    tasks = [node.get("id") for node in root.iter(f"{BPMN}serviceTask")]
    ends = {node.get("id") for node in root.iter(f"{BPMN}endEvent")}
    for flow in root.iter(f"{BPMN}sequenceFlow"):
        if flow.get("targetRef") in ends and flow.get("sourceRef") in tasks:
            flow.set("targetRef", flow.get("sourceRef", ""))
            return files.put(PROCESS, root)
    raise NotHere


@mutation
def misspell_a_condition(files: Files) -> None:
    files.sub(PROCESS, r"(<\w+:conditionExpression[^>]*>\s*\w+)\.(\w+)", r"\1.\2x")


@mutation
def remove_a_condition(files: Files) -> None:
    root = files.xml(PROCESS)
    condition = first(root.iter(f"{BPMN}conditionExpression"))
    condition.getparent().remove(condition)
    files.put(PROCESS, root)


@mutation
def remove_a_default_way(files: Files) -> None:
    files.sub(PROCESS, r' default="\w+"', "")


@mutation
def turn_a_condition_around(files: Files) -> None:
    files.sub(PROCESS, r"(<\w+:conditionExpression[^>]*>)([^<]+)<", r"\1!(\2)<")


@mutation
def remove_a_role(files: Files) -> None:
    files.sub(PROCESS, r' role="\w+"', "")


@mutation
def let_somebody_differ_from_nobody(files: Files) -> None:
    files.sub(PROCESS, r'(<amtsweg:task role="\w+")', r'\1 differentFrom="nobody"')


@mutation
def take_a_value_from_a_choice_that_a_case_makes(files: Files) -> None:
    choice = first(re.finditer(r'values="(\w+) ', files[files.path(PROCESS)].decode()))[1]
    files.sub(PROCESS, rf'values="{choice} ', f'values="{choice}x ')


@mutation
def misspell_the_type_of_an_input(files: Files) -> None:
    files.sub(PROCESS, r'type="choice"', 'type="choise"')


@mutation
def call_an_activity_that_does_not_exist(files: Files) -> None:
    files.sub(PROCESS, r'amtsweg:activity name="close"', 'amtsweg:activity name="shut"')


@mutation
def forget_an_argument(files: Files) -> None:
    files.sub(PROCESS, r"<amtsweg:argument [^>]*/>", "")


@mutation
def refer_to_a_decision_that_does_not_exist(files: Files) -> None:
    files.sub(PROCESS, r'amtsweg:decision ref="(\w+)"', r'amtsweg:decision ref="\1x"')


@mutation
def give_two_elements_the_same_id(files: Files) -> None:
    root = files.xml(PROCESS)
    tasks = list(root.iter(f"{BPMN}userTask"))
    if len(tasks) < 2:
        raise NotHere
    tasks[1].set("id", tasks[0].get("id", ""))
    files.put(PROCESS, root)


@mutation
def run_a_script(files: Files) -> None:
    files.sub(PROCESS, r"<bpmn:userTask(?s:(.*?))</bpmn:userTask>",
              lambda found: found[0].replace("userTask", "scriptTask"))  # fmt: skip


@mutation
def wait_for_a_message_that_nobody_sends(files: Files) -> None:
    files.sub(
        PROCESS, r'<bpmn:message id="(\w+)" name="\w+"', r'<bpmn:message id="\1" name="godot"'
    )


@mutation
def close_the_file_in_the_middle(files: Files) -> None:
    name = files.path(PROCESS)
    files[name] = files[name][: len(files[name]) // 2]


# The decisions


def tables(files: Files) -> Iterator[tuple[str, etree._Element, etree._Element]]:
    """Every decision table, with its file and the file's root."""
    for name in files.under("decisions"):
        root = files.xml(name)
        for element in root.iter("{*}decisionTable"):
            yield name, root, element


def rules(table: etree._Element) -> list[etree._Element]:
    return list(table.iterchildren("{*}rule"))


@mutation
def overlap_two_rows(files: Files) -> None:
    for name, root, table in tables(files):
        if table.get("hitPolicy", "UNIQUE") == "UNIQUE":
            for entry in rules(table)[-1].iterchildren("{*}inputEntry"):
                entry[0].text = "-"
            if len(rules(table)) > 1:
                return files.put(name, root)
    raise NotHere


@mutation
def put_the_row_for_everything_on_top(files: Files) -> None:
    for name, root, table in tables(files):
        rows = rules(table)
        texts = [entry[0].text or "-" for entry in rows[-1].iterchildren("{*}inputEntry")]
        if table.get("hitPolicy") == "FIRST" and len(rows) > 1 and set(texts) == {"-"}:
            rows[0].addprevious(rows[-1])
            return files.put(name, root)
    raise NotHere


@mutation
def remove_the_last_row(files: Files) -> None:
    name, root, table = first(tables(files))
    table.remove(rules(table)[-1])
    files.put(name, root)


@mutation
def remove_the_first_row(files: Files) -> None:
    name, root, table = first(t for t in tables(files) if len(rules(t[2])) > 1)
    table.remove(rules(table)[0])
    files.put(name, root)


@mutation
def exchange_what_two_rows_say(files: Files) -> None:
    for name, root, table in tables(files):
        rows = rules(table)
        if len(rows) < 2:
            continue
        one, other = (next(iter(row.iterchildren("{*}outputEntry"))) for row in (rows[0], rows[-1]))
        if one[0].text != other[0].text:
            one[0].text, other[0].text = other[0].text, one[0].text
            return files.put(name, root)
    raise NotHere


@mutation
def misspell_a_value_in_a_cell(files: Files) -> None:
    files.sub_any("decisions", r'(<inputEntry[^>]*><text>)"(\w+)"', r'\1"\2x"')


@mutation
def write_a_cell_of_another_type(files: Files) -> None:
    files.sub_any("decisions", r"(<inputEntry[^>]*><text>)[^<-][^<]*</text>", r"\1 3.5</text>")


@mutation
def misspell_an_input_of_a_decision(files: Files) -> None:
    files.sub_any("decisions", r"(<inputExpression(?s:.*?)<text>)(\w+)", r"\1\2x")


@mutation
def forget_a_cell(files: Files) -> None:
    files.sub_any("decisions", r"<inputEntry[^>]*><text>[^<]*</text></inputEntry>", "")


@mutation
def misspell_an_output(files: Files) -> None:
    # The only output of a table has a name that nobody reads.
    for name, root, table in tables(files):
        outputs = list(table.iterchildren("{*}output"))
        if len(outputs) > 1:
            outputs[0].set("name", outputs[0].get("name", "") + "x")
            return files.put(name, root)
    raise NotHere


@mutation
def choose_a_hit_policy_that_is_none(files: Files) -> None:
    files.sub_any("decisions", r'hitPolicy="\w+"', 'hitPolicy="BEST"')


@mutation
def break_an_output(files: Files) -> None:
    files.sub_any("decisions", r"(<outputEntry[^>]*><text>)", r"\1nothing.known + ")


@mutation
def require_a_decision_that_does_not_exist(files: Files) -> None:
    files.sub_any("decisions", r'(<requiredDecision href="#\w+)"', r'\1x"')


@mutation
def write_the_decisions_in_another_language(files: Files) -> None:
    files.sub_any("decisions", r'expressionLanguage="CEL"', 'expressionLanguage="FEEL"')


# The pages

PAGES = "pages.toml"


@mutation
def misspell_a_field_on_a_page(files: Files) -> None:
    files.sub(PAGES, r'^(items = \["[\w.]+)"', r'\1x"')


@mutation
def forget_a_page(files: Files) -> None:
    files.sub(PAGES, r"^\[\[page\]\]\n(?s:.*?)\n\n", "")


@mutation
def ask_the_same_twice(files: Files) -> None:
    files.sub(PAGES, r"^(\[\[page\]\]\n)(id = .*\n)(items = .*\n)",
              r'\1id = "again"\n\3\n\1\2\3')  # fmt: skip


@mutation
def misspell_a_setting(files: Files) -> None:
    files.sub(PAGES, r"^(required|widget|autocomplete|prefill|when) =", r"\1s =")


@mutation
def misspell_the_field_of_a_setting(files: Files) -> None:
    files.sub(PAGES, r'^\[field\."([\w.]+)"\]', r'[field."\1x"]')


@mutation
def misspell_a_rule(files: Files) -> None:
    files.sub(PAGES, r'^(when = ".*?(?:answers|item)\.\w+)', r"\1x")


@mutation
def let_a_rule_say_nothing(files: Files) -> None:
    files.sub(PAGES, r'^message = "(.*)"', r'message = "\1x"')


@mutation
def turn_a_rule_around(files: Files) -> None:
    files.sub(PAGES, r'(\[\[rule\]\](?s:.*?)when = ")(.*)"', r'\1!(\2)"')


@mutation
def wish_for_a_control_that_does_not_fit(files: Files) -> None:
    files.sub(PAGES, r'^widget = ".*"', 'widget = "slider"')


# The schema

SCHEMA = "schema.xdf3.xml"


@mutation
def rename_a_question(files: Files) -> None:
    root = files.xml(SCHEMA)
    name = first(root.iter(f"{XDF}datenfeld")).find(f"{XDF}name")
    if name is None:
        raise NotHere
    name.text = "Ganz anders"
    files.put(SCHEMA, root)


@mutation
def remove_a_question(files: Files) -> None:
    root = files.xml(SCHEMA)
    use = first(field.getparent() for field in root.iter(f"{XDF}datenfeld"))
    use = use.getparent()
    use.getparent().remove(use)
    files.put(SCHEMA, root)


@mutation
def rename_a_code(files: Files) -> None:
    files.sub(SCHEMA, r"<xdf:werte>(?s:.*?)<xdf:code>\w+", r"\g<0>x")


@mutation
def ask_for_nothing_at_least_twice(files: Files) -> None:
    files.sub(SCHEMA, r"<xdf:anzahl>1:1<", "<xdf:anzahl>2:1<")


@mutation
def break_the_schema(files: Files) -> None:
    files.sub(SCHEMA, r"</xdf:struktur>", "")


@mutation
def misspell_the_kind_of_a_field(files: Files) -> None:
    files.sub(SCHEMA, r"(<xdf:datentyp\b(?s:.*?)<code>)\w+", r"\1texts")


# edition.toml and package.toml

EDITION = "edition.toml"


@mutation
def date_the_edition_otherwise(files: Files) -> None:
    files.sub(EDITION, r"^in_force_from = \d{4}", "in_force_from = 1999")


@mutation
def rest_a_norm_on_nothing(files: Files) -> None:
    files.sub(EDITION, r'^parts = \["([^"]*)', r'parts = ["\1x')


@mutation
def misspell_what_a_notice_costs(files: Files) -> None:
    files.sub(EDITION, r'^fee_cents = "(.*)"', r'fee_cents = "\1x"')


@mutation
def decide_on_the_edition_by_chance(files: Files) -> None:
    files.sub(EDITION, r'^transition = ".*"', 'transition = "by-chance"')


@mutation
def keep_files_for_ever(files: Files) -> None:
    files.sub(EDITION, r"^case_years = .*\n", "")


@mutation
def send_the_notice_to_nobody(files: Files) -> None:
    files.sub(EDITION, r"^recipient = \[(?s:.*?)\]\n", "recipient = []\n")


@mutation
def shorten_the_leika_key(files: Files) -> None:
    files.sub("package.toml", r'leika_keys = \["(\d{5})\d+', r'leika_keys = ["\1')


@mutation
def forget_the_name(files: Files) -> None:
    files.sub("package.toml", r"^name = .*\n", "")


# The parameters

PARAMETERS = "parameters.schema.json"


def _properties(files: Files) -> tuple[dict[str, Any], dict[str, Any]]:
    schema = json.loads(files[files.path(PARAMETERS)])
    if not schema.get("properties"):
        raise NotHere
    return schema, schema["properties"]


@mutation
def forget_a_parameter(files: Files) -> None:
    schema, properties = _properties(files)
    name = next(iter(properties))
    del properties[name]
    schema["required"] = [one for one in schema.get("required", ()) if one != name]
    files[files.path(PARAMETERS)] = json.dumps(schema).encode()


@mutation
def ask_towns_for_something_that_no_case_knows(files: Files) -> None:
    schema, properties = _properties(files)
    properties["new_rate_cents"] = {"title": "Neu", "type": "integer"}
    schema["required"] = [*schema.get("required", ()), "new_rate_cents"]
    files[files.path(PARAMETERS)] = json.dumps(schema).encode()


@mutation
def suggest_a_value_that_is_refused(files: Files) -> None:
    schema, properties = _properties(files)
    described = first(
        one for one in properties.values() if one.get("type") in ("integer", "string")
    )
    described["default"] = [] if described["type"] == "string" else "many"
    files[files.path(PARAMETERS)] = json.dumps(schema).encode()


@mutation
def write_a_type_that_is_none(files: Files) -> None:
    files.sub(PARAMETERS, r'"type": "\w+"', '"type": "thing"')


# The texts


@mutation
def drop_a_translation(files: Files) -> None:
    files.sub("texts/en.toml", r"^label = .*\n", "")


@mutation
def drop_a_language(files: Files) -> None:
    if files.pop(files.path("texts/en.toml"), None) is None:
        raise NotHere


@mutation
def drop_the_title_of_a_page(files: Files) -> None:
    files.sub("texts/de.toml", r"^(\[page\.\w+\]\n)title = .*\n", r"\1")


@mutation
def say_what_nobody_asks_for(files: Files) -> None:
    files.sub("texts/de.toml", r"\Z", '\n[page.nirgends]\ntitle = "Nirgends"\n')


@mutation
def misspell_the_name_of_a_task(files: Files) -> None:
    files.sub("texts/de.toml", r"^\[task\.(\w+)", r"[task.\1x")


@mutation
def misspell_a_gap_in_a_letter(files: Files) -> None:
    files.sub("texts/de.toml", r"(\[notice(?s:.*)\{\w+)\}", r"\1x}")


@mutation
def forget_a_quotation_mark(files: Files) -> None:
    files.sub("texts/de.toml", r'^(title = ".*)"$', r"\1")


# The notices


@mutation
def read_a_file_in_a_letter(files: Files) -> None:
    files.sub_any("notices", r"\Z", '\n#include "/etc/passwd"\n')


@mutation
def misspell_a_fact_in_a_letter(files: Files) -> None:
    files.sub_any("notices", r"facts\.(\w+)", r"facts.\1x")


@mutation
def misspell_a_text_in_a_letter(files: Files) -> None:
    files.sub_any("notices", r'say\("notice\.(\w+)', r'say("notice.\1x')


@mutation
def leave_a_bracket_open_in_a_letter(files: Files) -> None:
    files.sub_any("notices", r"\Z", "\n#strong[")


@mutation
def lose_a_letter(files: Files) -> None:
    del files[files.path(files.under("notices")[0])]


# The golden cases


@mutation
def expect_another_fee(files: Files) -> None:
    files.sub_any("cases", r"^fee_cents = (\d+)", r"fee_cents = 1\1")


@mutation
def expect_another_decision(files: Files) -> None:
    files.sub_any("cases", r'^decision = "(\w+)"', r'decision = "\1x"')


@mutation
def forget_a_step(files: Files) -> None:
    files.sub_any("cases", r"^(steps = \[\n)\s*\{.*\},\n", r"\1")


@mutation
def answer_what_was_not_asked(files: Files) -> None:
    files.sub_any("cases", r"^\[case\.answers\]\n", '[case.answers]\nunasked = "x"\n')


@mutation
def name_two_cases_alike(files: Files) -> None:
    for name in files.under("cases"):
        names = re.findall(
            r'^name = "([a-z0-9-]+)"$', files[files.path(name)].decode(), re.MULTILINE
        )
        if len(names) > 1:
            return files.sub(name, rf'^name = "{names[0]}"$', f'name = "{names[1]}"')
    raise NotHere


@mutation
def give_a_town_a_parameter_that_there_is_not(files: Files) -> None:
    files.sub_any("cases", r"^\[parameters\]\n", "[parameters]\nunheard_of = 1\n")


@mutation
def play_no_case(files: Files) -> None:
    for name in files.under("cases"):
        del files[files.path(name)]


# The lists


@mutation
def lose_a_code_list(files: Files) -> None:
    del files[files.path(files.under("lists")[0])]
