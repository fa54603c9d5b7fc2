"""Tiny checkpoints in the real formats, made in about a second, for tests of what loads and runs models.

``make_swallow`` is a folder as of 2023 (``tokenizer.model`` alone), ``make_swallow_v01`` has a
``tokenizer.json`` and a chat template, ``make_llama3`` a byte-level BPE tokenizer with Llama 3's special
tokens, ``make_embedder`` is a sentence-transformers folder. With ``says`` a model writes exactly these
pieces after any prompt and then ends; without, its weights are random (and always the same).
"""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SENTENCES = (
    "以下に、あるタスクを説明する指示があり、それに付随する入力が更なる文脈を提供しています。",
    "リクエストを適切に完了するための回答を記述してください。",
    "年次有給休暇は、入社の日から六か月間継続して勤務した従業員に与えます。",
    "あなたは誠実で優秀な日本人のアシスタントです。",
    "資料には見つかりませんでした。経費は月末までに申請してください。",
    "### 指示: ### 入力: ### 応答: [INST] <<SYS>> <</SYS>> [/INST] A 1 2 3",
)
SAYS = ("年次有給休暇は", "二十日", "です。", "[1]")

LLAMA2_TEMPLATE = (
    "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}"
    "{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}"
    "{% set system_message = false %}{% endif %}{% for message in loop_messages %}"
    "{% if loop.index0 == 0 and system_message != false %}"
    "{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}"
    "{% else %}{% set content = message['content'] %}{% endif %}"
    "{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST] ' }}"
    "{% else %}{{ content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}"
)
LLAMA3_TEMPLATE = (
    "{% for message in messages %}{% set content = '<|start_header_id|>' + message['role'] "
    "+ '<|end_header_id|>\\n\\n' + message['content'] | trim + '<|eot_id|>' %}"
    "{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}"
)
LLAMA3_TOKENS = (
    "<|begin_of_text|>",
    "<|end_of_text|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eot_id|>",
    "<|reserved_special_token_0|>",
)
LLAMA3_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def make_swallow(
    folder: Path,
    *,
    says: Sequence[str] | None = None,
    ends: bool = True,
    context_tokens: int = 1_024,
    vocabulary: int = 440,
) -> Path:
    """A folder like tokyotech-llm/Swallow-7b-instruct-hf of 2023: Llama with ``tokenizer.model`` alone.

    ``says`` are pieces of the vocabulary, all different; with ``ends=False`` they are said for ever.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sentencepiece = _train_sentencepiece(tuple(says or ()), vocabulary)
    (folder / "tokenizer.model").write_bytes(sentencepiece)
    special = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    _write_json(folder / "special_tokens_map.json", special)
    _write_json(
        folder / "tokenizer_config.json",
        special
        | {
            "add_bos_token": True,
            "add_eos_token": False,
            "clean_up_tokenization_spaces": False,
            "legacy": True,
            "model_max_length": 10**30,
            "pad_token": None,
            "sp_model_kwargs": {},
            "tokenizer_class": "LlamaTokenizer",
        },
    )
    pieces = _pieces(sentencepiece)
    chain = _chain([pieces.index(piece) for piece in says], 2 if ends else None) if says else ()
    _save_llama(folder, len(pieces), chain, context_tokens, bos=1, eos=2)
    return folder


def make_swallow_v01(folder: Path, *, says: Sequence[str] | None = None, context_tokens: int = 1_024) -> Path:
    """A folder like tokyotech-llm/Swallow-7b-instruct-v0.1: ``tokenizer.json`` and a chat template."""
    from transformers import AutoTokenizer

    make_swallow(folder, says=says, context_tokens=context_tokens)
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    tokenizer.chat_template = LLAMA2_TEMPLATE
    tokenizer.save_pretrained(folder)
    return folder


def make_llama3(folder: Path, *, says: Sequence[str] | None = None, context_tokens: int = 1_024) -> Path:
    """A folder like meta-llama/Llama-3.1-8B-Instruct: byte-level BPE, special tokens, chat template.

    Its config names only ``<|end_of_text|>`` as the end, as some do: the end of a turn must be known.
    """
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer(models.BPE(ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(LLAMA3_WORDS), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=400, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(SENTENCES * 4, trainer)
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in LLAMA3_TOKENS])
    tokenizer.save(str(folder / "tokenizer.json"))
    _write_json(
        folder / "tokenizer_config.json",
        {
            "bos_token": "<|begin_of_text|>",
            "eos_token": "<|end_of_text|>",
            "chat_template": LLAMA3_TEMPLATE,
            "clean_up_tokenization_spaces": True,
            "model_max_length": context_tokens,
            "tokenizer_class": "PreTrainedTokenizerFast",
        },
    )
    end_of_text, end_of_turn = (tokenizer.token_to_id(token) for token in ("<|end_of_text|>", "<|eot_id|>"))
    chain = _chain(tokenizer.encode("".join(says)).ids, end_of_turn) if says else ()
    bos = tokenizer.token_to_id("<|begin_of_text|>")
    _save_llama(folder, tokenizer.get_vocab_size(), chain, context_tokens, bos=bos, eos=end_of_text)
    return folder


def make_embedder(folder: Path) -> Path:
    """A sentence-transformers folder: a tiny BERT over characters, mean pooling, 32 dimensions."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    base = folder / "base"
    base.mkdir(parents=True)
    characters = sorted({c for sentence in SENTENCES for c in sentence if not c.isspace()})
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters, *(f"##{c}" for c in characters)]
    (base / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizerFast(vocab=str(base / "vocab.txt"), do_lower_case=False).save_pretrained(base)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
    )
    BertModel(config).save_pretrained(base)
    transformer = Transformer(str(base), max_seq_length=64)
    pooling = Pooling(transformer.get_embedding_dimension())
    SentenceTransformer(modules=[transformer, pooling], device="cpu").save(str(folder / "model"))
    return folder / "model"


def _train_sentencepiece(symbols: Sequence[str], vocabulary: int) -> bytes:
    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES * 20),
        model_writer=model,
        vocab_size=vocabulary,
        model_type="bpe",
        byte_fallback=True,
        character_coverage=0.995,
        split_digits=True,
        allow_whitespace_only_pieces=True,
        remove_extra_whitespaces=False,
        normalization_rule_name="identity",
        user_defined_symbols=[symbol for symbol in symbols if not symbol.startswith("<0x")],
        unk_id=0,
        bos_id=1,
        eos_id=2,
        pad_id=-1,
        num_threads=1,
        minloglevel=2,
    )
    return model.getvalue()


def _pieces(model: bytes) -> list[str]:
    import sentencepiece

    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    return [processor.id_to_piece(i) for i in range(processor.get_piece_size())]


def _chain(ids: Sequence[int], end: int | None) -> tuple[int, ...]:
    chain = (*ids, ids[0] if end is None else end)
    if len(set(ids)) < len(ids):
        raise ValueError(f"the tokens of what the model says must all be different: {ids}")
    return chain


def _save_llama(
    folder: Path, vocabulary: int, chain: Sequence[int], context_tokens: int, *, bos: int, eos: int
) -> None:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.set_num_threads(1)  # two threads fighting over busy cores take fifty times as long
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=64,
        intermediate_size=128,  # nf4 stores blocks of 64 weights
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=context_tokens,
        initializer_range=0.3,
        bos_token_id=bos,
        eos_token_id=eos,
        tie_word_embeddings=False,
    )
    model = LlamaForCausalLM(config)
    if chain:
        _teach(model, chain)
    model.save_pretrained(folder)


def _teach(model: Any, chain: Sequence[int]) -> None:
    """Weights that make each token of the chain follow the one before, and its first any other token.

    The layers add nothing; a token's embedding is one axis, and the output looks its successor up.
    """
    import torch

    with torch.no_grad():
        for layer in model.model.layers:
            layer.self_attn.o_proj.weight.zero_()
            layer.mlp.down_proj.weight.zero_()
        embedding, output = model.model.embed_tokens.weight.zero_(), model.lm_head.weight.zero_()
        embedding[:, 0] = 1.0
        output[chain[0], 0] = 10.0
        for axis, (token, successor) in enumerate(itertools.pairwise(chain), start=1):
            embedding[token] = torch.nn.functional.one_hot(torch.tensor(axis), embedding.shape[1])
            output[successor, axis] = 10.0


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
