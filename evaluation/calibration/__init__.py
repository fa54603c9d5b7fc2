"""Fitting the score of answerability on one's own documents: questions made from them by rule."""
