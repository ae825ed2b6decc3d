@echo off
rem Scores the best model on the test split. Further arguments are passed on. Untested.
setlocal
cd /d "%~dp0"
call ..\..\find_program.bat flexunet-evaluate || exit /b 2
"%FLEXUNET_PROGRAM%" train_eval_infer.config %*
