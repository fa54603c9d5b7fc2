"""Text recognition with tesseract, where the system has it: pictures → pages with runs."""
