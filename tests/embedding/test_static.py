"""The bundled embedder: contract, meaning, and damage that must be noticed."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.bundled import bundled_path
from rag.embedding.static import (
    CONFIG_FILE,
    MODEL_FILES,
    SCALES_FILE,
    VECTORS_FILE,
    WORDS_FILE,
    StaticEmbedder,
    load_static_embedder,
    revision_of,
)
from rag.embedding.word_codes import is_embedded, ngram_rows
from rag.errors import ModelError, ModelUnavailable
from rag.text.analyzer import Feature, MecabAnalyzer, load_analyzer

MODEL = bundled_path("models", "static-ja")
MAX_MODEL_BYTES = 22_000_000
ANALYZER = load_analyzer()
EMBEDDER = load_static_embedder(MODEL)

# anchor, what means nearly the same, what does not, why the row is here
MEANINGS = [
    ("休み", "休暇", "会議", "the everyday word for the one in 就業規則"),
    ("有休", "年次有給休暇", "出張旅費", "the short form of an official term"),
    ("会社を辞める", "退職", "入場", "a phrase for a noun"),
    ("お金", "費用", "方法", "prefix お, and a wider word"),
    ("払い戻し", "返金", "印刷", "no character in common but one sense"),
    ("なくす", "紛失", "採用", "kana verb and its official noun"),
    ("値段", "価格", "期間", "two words for one thing"),
    ("給料", "賃金", "住所", "the word of laws"),
    ("ボーナス", "賞与", "座席", "loanword and official word"),
    ("遅刻", "遅れる", "集める", "noun and verb"),
    ("引っ越す", "転居", "試験", "Japanese and Sino-Japanese word"),
    ("子ども", "児童", "機械", "the word of laws for children"),
    ("医者", "医師", "倉庫", "spoken and written"),
    ("壊れる", "故障", "選挙", "how a person reports a fault"),
    ("消す", "削除", "輸送", "everyday verb and the word of manuals"),
    ("パソコン", "コンピューター", "河川", "clipped loanword"),
    ("サーバ", "サーバー", "カレンダー", "spelling with and without the long mark"),
    ("締め切り", "期限", "家族", "the date of an application"),
    ("うるさい", "騒音", "書類", "adjective and noun of a complaint"),
    ("結婚する", "婚姻", "建築", "the word of civil law"),
    ("泊まる", "宿泊", "掲載", "verb and noun of 旅費規程"),
    ("車", "自動車", "言語", "the word of traffic law"),
    ("仕事", "業務", "果物", "the word of contracts"),
    ("delete", "削除", "季節", "English in a Japanese question"),
]


def embed(*texts: str) -> np.ndarray:
    return EMBEDDER.embed_queries(texts, [ANALYZER.analyze(text) for text in texts])


@pytest.fixture
def copied_model(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MODEL, tmp_path / "static-ja"))


@pytest.mark.parametrize(
    ("anchor", "near", "far"), [row[:3] for row in MEANINGS], ids=[r[0] for r in MEANINGS]
)
def test_the_word_for_the_same_thing_is_nearer(anchor: str, near: str, far: str):
    anchor_vector, near_vector, far_vector = embed(anchor, near, far)
    assert anchor_vector @ near_vector > anchor_vector @ far_vector + 0.05


def test_a_question_finds_the_passage_that_shares_no_content_word_with_it():
    question = "会社をやめたいときは、いつまでに言えばいいですか"
    passages = [
        "退職を希望する従業員は、三十日前に所属長へ届け出なければならない。",
        "出張者は、帰着後一週間以内に旅費を精算する。",
        "電源ボタンを長押しすると、装置が再起動します。",
        "図書館の開館時間は午前九時から午後五時までとする。",
    ]
    vectors = embed(question, *passages)
    assert int(np.argmax(vectors[1:] @ vectors[0])) == 0


def test_rows_have_length_one_and_the_promised_shape():
    vectors = embed("年次有給休暇は何日ありますか", "petrichor", "東京")
    assert vectors.shape == (3, EMBEDDER.identity.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("text", ["", " 　\n", "。、！？", "（）「」", "は が を です"])
def test_a_text_with_nothing_to_embed_is_a_row_of_zeros(text: str):
    assert not embed(text).any()


def test_no_texts_are_no_rows():
    assert embed().shape == (0, EMBEDDER.identity.dimension)


def test_texts_and_analyses_must_be_as_many():
    with pytest.raises(ValueError, match="2 texts came with 1 analyses"):
        EMBEDDER.embed_documents(["休み", "休暇"], [ANALYZER.analyze("休み")])


def test_questions_and_documents_are_embedded_alike():
    analysis = ANALYZER.analyze("経費の精算")
    query = EMBEDDER.embed_queries(["経費の精算"], [analysis])
    assert np.array_equal(query, EMBEDDER.embed_documents(["経費の精算"], [analysis]))


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    st.lists(
        st.text(alphabet=st.sampled_from("休暇をとる申込abc12３。 髙\u3099😀𠮷ー"), max_size=30), max_size=6
    )
)
def test_a_row_does_not_depend_on_its_batch(texts: list[str]):
    together = embed(*texts)
    alone = [embed(text)[0] for text in texts]
    assert len(together) == len(texts)
    for row, single in zip(together, alone, strict=True):
        assert np.array_equal(row, single)
        assert np.linalg.norm(row) == pytest.approx(1, abs=1e-4) or not row.any()


def test_the_order_of_words_and_a_fresh_load_change_nothing():
    fresh = load_static_embedder(MODEL)
    analysis = ANALYZER.analyze("会社の休みを会社に届け出る")
    backwards = type(analysis)(analysis.analyzer, analysis.starts, analysis.ends, analysis.features[::-1])
    first, again = (fresh.embed_documents([""], [each]) for each in (analysis, backwards))
    np.testing.assert_allclose(first, again, atol=1e-6)
    assert np.array_equal(first, EMBEDDER.embed_documents([""], [analysis]))


def test_an_unknown_word_lies_near_what_it_is_made_of():
    unknown, known, other = embed("再々払戻金制度", "払戻し", "天気")
    assert unknown @ known > unknown @ other


def test_a_spelling_without_a_row_takes_that_of_its_lemma():
    strange = Feature("動詞-一般", "引つ越ス", "引っ越す", "ヒッコス")
    analysis = ANALYZER.analyze("引っ越す")
    same = type(analysis)(analysis.analyzer, (0,), (4,), (strange,))
    vectors = EMBEDDER.embed_documents(["", ""], [analysis, same])
    assert np.array_equal(vectors[0], vectors[1])


def test_forgetting_words_changes_nothing():
    embedder = load_static_embedder(MODEL, max_remembered_words=3)
    text = "犬と猫と鳥と魚と馬"
    vectors = [embedder.embed_queries([text], [ANALYZER.analyze(text)]) for _ in range(2)]
    assert np.array_equal(*vectors)
    assert np.array_equal(vectors[0], embed(text))


@pytest.mark.parametrize(
    ("pos", "embedded"),
    [
        ("名詞-普通名詞-一般", True),
        ("動詞-非自立可能", True),
        ("接頭辞", True),  # 非, 不, 再 change the meaning
        ("助詞-格助詞", False),
        ("助動詞", False),
        ("補助記号-読点", False),
        ("記号-一般", False),
        ("空白", False),
    ],
)
def test_which_words_count(pos: str, embedded: bool):
    assert is_embedded(Feature(pos, "語", "語", "ゴ")) is embedded


def test_pieces_of_a_word():
    rows = ngram_rows("返金", 1_000_000_007)
    assert len(rows) == len(["返", "金", "<返", "返金", "金>", "<返金", "返金>"])
    assert set(rows) & set(ngram_rows("返品", 1_000_000_007))


def test_identity_names_the_files():
    identity = EMBEDDER.identity
    config = json.loads((MODEL / CONFIG_FILE).read_text(encoding="utf-8"))
    assert identity.name == "static-ja"
    assert identity.revision == config["revision"] == revision_of(config["sha256"])
    assert (identity.query_prefix, identity.document_prefix) == ("", "")
    assert config["licence"] == "CC-BY-SA-4.0"


def test_the_model_stays_small():
    assert sum(path.stat().st_size for path in MODEL.iterdir()) <= MAX_MODEL_BYTES


@pytest.mark.parametrize("name", MODEL_FILES)
def test_one_flipped_bit_is_noticed(copied_model: Path, name: str):
    path = copied_model / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelError, match=rf"{name} is damaged.*install the package again"):
        load_static_embedder(copied_model)


@pytest.mark.parametrize("name", [CONFIG_FILE, *MODEL_FILES])
def test_a_missing_file_is_named(copied_model: Path, name: str):
    (copied_model / name).unlink()
    with pytest.raises(ModelUnavailable, match=name):
        load_static_embedder(copied_model)


def test_a_missing_folder_is_named(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match=r"nirgendwo.*install the package again"):
        load_static_embedder(tmp_path / "nirgendwo")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', "\x00"])
def test_a_damaged_config_is_one_clear_line(copied_model: Path, text: str):
    (copied_model / CONFIG_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=r"^[^\n]*damaged[^\n]*$"):
        load_static_embedder(copied_model)


def change_config(folder: Path, **values: object) -> None:
    path = folder / CONFIG_FILE
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | values), encoding="utf-8")


def test_a_later_format_asks_for_an_update(copied_model: Path):
    change_config(copied_model, format=2)
    with pytest.raises(ModelError, match="has format 2, this version reads 1: update"):
        load_static_embedder(copied_model)


@pytest.mark.parametrize("values", [{"dimension": 255}, {"num_words": 10}, {"num_ngram_rows": 10}])
def test_files_that_do_not_fit_each_other_are_noticed(copied_model: Path, values: dict[str, int]):
    change_config(copied_model, **values)
    with pytest.raises(ModelError, match="do not fit each other"):
        load_static_embedder(copied_model)


def test_the_files_are_plain():
    vectors = np.load(MODEL / VECTORS_FILE, allow_pickle=False)
    scales = np.load(MODEL / SCALES_FILE, allow_pickle=False)
    words = (MODEL / WORDS_FILE).read_text(encoding="utf-8").split("\n")
    assert (vectors.dtype, scales.dtype) == (np.int8, np.float16)
    assert np.isfinite(scales).all()
    assert len(set(words)) == len(words)


def test_loading_and_embedding_import_no_torch():
    code = (
        "import sys\n"
        "from rag.bundled import bundled_path\n"
        "from rag.embedding.static import load_static_embedder\n"
        "from rag.text.analyzer import load_analyzer\n"
        "embedder = load_static_embedder(bundled_path('models', 'static-ja'))\n"
        "assert embedder.embed_queries(['休み'], [load_analyzer().analyze('休み')]).any()\n"
        "print([name for name in ('torch', 'scipy', 'sklearn', 'transformers') if name in sys.modules])\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_embedder_and_analyzer_are_what_the_protocols_ask_for():
    assert isinstance(EMBEDDER, StaticEmbedder)
    assert isinstance(ANALYZER, MecabAnalyzer)
